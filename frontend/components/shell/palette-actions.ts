import { FileUp, Keyboard, Moon, Plus, Sun, Upload, UserPlus } from 'lucide-react';
import { setTheme } from '@/lib/theme';
import type { Command } from './page-commands';
import { SECTIONS } from './sections';

/** What can be done from anywhere, besides going to things. */
export const paletteActions = (showShortcuts: () => void): Command[] => [
  { icon: Plus, label: 'New journey', href: '/journeys/new' },
  { icon: FileUp, label: 'Import a journey from a file', href: '/journeys/new?from=file' },
  { icon: Plus, label: 'New segment', href: '/segments?id=new' },
  { icon: Plus, label: 'New template', href: '/templates?id=new' },
  { icon: Plus, label: 'New form', href: '/forms?id=new' },
  { icon: Plus, label: 'New score', href: '/scoring?new=1' },
  { icon: UserPlus, label: 'New contact', href: '/contacts?new=1' },
  { icon: Upload, label: 'Import contacts', href: '/contacts?import=1' },
  { icon: UserPlus, label: 'Invite a person', href: '/settings?tab=people&invite=1' },
  { icon: Keyboard, label: 'Keyboard shortcuts', keys: '?', run: showShortcuts },
  { icon: Sun, label: 'Light theme', run: () => setTheme('light') },
  { icon: Moon, label: 'Dark theme', run: () => setTheme('dark') },
];

export const paletteSections = (): Command[] =>
  SECTIONS.map(({ icon, label, href, key }) => ({ icon, label, href, keys: `g ${key}` }));
