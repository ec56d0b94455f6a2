import {
  ChartNoAxesColumn,
  ClipboardList,
  FileText,
  Inbox,
  type LucideIcon,
  Mails,
  PieChart,
  Route,
  Settings,
  Users,
} from 'lucide-react';

export interface Section {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Pressed after `g`, it leads here. */
  key: string;
}

/** The places of the app, in the order people need them. */
export const SECTIONS: Section[] = [
  { href: '/journeys', label: 'Journeys', icon: Route, key: 'j' },
  { href: '/contacts', label: 'Contacts', icon: Users, key: 'c' },
  { href: '/segments', label: 'Segments', icon: PieChart, key: 's' },
  { href: '/templates', label: 'Templates', icon: FileText, key: 't' },
  { href: '/forms', label: 'Forms', icon: ClipboardList, key: 'f' },
  { href: '/scoring', label: 'Scoring', icon: ChartNoAxesColumn, key: 'r' },
  { href: '/messages', label: 'Messages', icon: Mails, key: 'm' },
  { href: '/outbox', label: 'Outbox', icon: Inbox, key: 'o' },
  { href: '/settings', label: 'Settings', icon: Settings, key: ',' },
];

/** On a phone these stand in the bar below; the others are under "More". */
export const PHONE_SECTIONS = SECTIONS.slice(0, 4);
export const MORE_SECTIONS = SECTIONS.slice(4);

export const isWithin = (path: string, section: Section): boolean =>
  path === section.href || path.startsWith(`${section.href}/`);
