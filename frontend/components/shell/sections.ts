import { FileText, Inbox, type LucideIcon, Mails, PieChart, Route, Settings, Users } from 'lucide-react';

export interface Section {
  href: string;
  label: string;
  icon: LucideIcon;
}

/** The places of the app, in the order people need them. */
export const SECTIONS: Section[] = [
  { href: '/journeys', label: 'Journeys', icon: Route },
  { href: '/contacts', label: 'Contacts', icon: Users },
  { href: '/segments', label: 'Segments', icon: PieChart },
  { href: '/templates', label: 'Templates', icon: FileText },
  { href: '/messages', label: 'Messages', icon: Mails },
  { href: '/outbox', label: 'Outbox', icon: Inbox },
  { href: '/settings', label: 'Settings', icon: Settings },
];

/** On a phone these stand in the bar below; the others are under "More". */
export const PHONE_SECTIONS = SECTIONS.slice(0, 4);
export const MORE_SECTIONS = SECTIONS.slice(4);

export const isWithin = (path: string, section: Section): boolean =>
  path === section.href || path.startsWith(`${section.href}/`);
