'use client';

import { Search } from 'lucide-react';
import { Logo } from '@/components/logo';
import { Button } from '@/components/ui/button';
import { useMe } from '@/lib/auth';
import { LivePill } from './live-pill';
import { UserMenu } from './user-menu';

/** The phone's head: whose workspace, search and account. */
export function TopBar({ onSearch }: { onSearch(): void }) {
  const { workspace } = useMe();
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-surface px-4 md:hidden">
      <Logo className="size-6 shrink-0" />
      <span className="min-w-0 flex-1 truncate font-semibold">{workspace.name}</span>
      <LivePill />
      <Button look="quiet" size="icon" aria-label="Find" onClick={onSearch}>
        <Search />
      </Button>
      <UserMenu compact />
    </header>
  );
}
