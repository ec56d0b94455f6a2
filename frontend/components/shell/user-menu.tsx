'use client';

import { ChevronsUpDown, LogOut, Monitor, Settings } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuRule } from '@/components/ui/menu';
import { useAuth, useConfig, useMe } from '@/lib/auth';
import { close } from '@/lib/live/socket';
import { setTheme, THEMES, type Theme, useTheme } from '@/lib/theme';

const THEME_NAMES: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
    .toUpperCase();

function Avatar({ name }: { name: string }) {
  return (
    <span
      aria-hidden
      className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-2xs text-accent-ink"
    >
      {initials(name)}
    </span>
  );
}

/** Who is here, how it looks, and the way out. */
export function UserMenu({ compact }: { compact?: boolean }) {
  const { user } = useMe();
  const { signOut } = useAuth();
  const theme = useTheme();
  const config = useConfig();
  const leave = async () => {
    close();
    await signOut();
  };
  const trigger = (
    <Button look="quiet" size={compact ? 'icon' : 'md'} className={compact ? '' : 'w-full justify-start px-2'}>
      <Avatar name={user.name} />
      <span className={compact ? 'sr-only' : 'min-w-0 flex-1 truncate text-left'}>
        {user.name}
        <span className="sr-only">: account and theme</span>
      </span>
      {!compact && <ChevronsUpDown className="text-ink-3" />}
    </Button>
  );
  return (
    <Menu trigger={trigger} align={compact ? 'end' : 'start'}>
      <MenuLabel>{user.email}</MenuLabel>
      <MenuRule />
      <MenuLabel>Theme</MenuLabel>
      <MenuChoices value={theme} onValueChange={(value) => setTheme(value as Theme)}>
        {THEMES.map((name) => (
          <MenuChoice key={name} value={name}>
            {THEME_NAMES[name]}
          </MenuChoice>
        ))}
      </MenuChoices>
      <MenuRule />
      {config.data?.temporal_ui_url && (
        <MenuItem asChild>
          <a href={config.data.temporal_ui_url} target="_blank" rel="noreferrer">
            <Monitor /> Open Temporal
          </a>
        </MenuItem>
      )}
      <MenuItem asChild>
        <Link href="/settings?tab=profile">
          <Settings /> Change password
        </Link>
      </MenuItem>
      <MenuItem onSelect={() => void leave()}>
        <LogOut /> Sign out
      </MenuItem>
    </Menu>
  );
}
