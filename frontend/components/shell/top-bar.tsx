'use client';

import { Search } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { LivePill } from './live-pill';
import { UserMenu } from './user-menu';
import { WorkspaceMenu } from './workspace-menu';

/** The phone's head: whose workspace, search and account. */
export function TopBar({ onSearch }: { onSearch(): void }) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-surface px-4 md:hidden">
      <div className="-ml-2 min-w-0 flex-1">
        <WorkspaceMenu />
      </div>
      <LivePill />
      <Button look="quiet" size="icon" aria-label="Find" onClick={onSearch}>
        <Search />
      </Button>
      <UserMenu compact />
    </header>
  );
}
