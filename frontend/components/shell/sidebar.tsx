'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Kbd } from '@/components/ui/kbd';
import { cn } from '@/lib/cn';
import { LivePill } from './live-pill';
import { isWithin, SECTIONS } from './sections';
import { UserMenu } from './user-menu';
import { WorkspaceMenu } from './workspace-menu';

/** Where to go, on screens wide enough to show it always. */
export function Sidebar({ onSearch }: { onSearch(): void }) {
  const path = usePathname();
  return (
    <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r bg-canvas px-3 py-3 md:flex">
      <div className="mb-2">
        <WorkspaceMenu />
      </div>
      <button
        type="button"
        onClick={onSearch}
        className="mb-3 flex h-8 items-center gap-2 rounded-md border bg-surface px-2 text-ink-3 text-sm shadow-node hover:border-line-strong"
      >
        <Search aria-hidden className="size-4" />
        <span className="flex-1 text-left">Find</span>
        <Kbd keys="mod+k" />
      </button>
      <nav aria-label="Main" className="grid gap-0.5">
        {SECTIONS.map((section) => {
          const here = isWithin(path, section);
          return (
            <Link
              key={section.href}
              href={section.href}
              aria-current={here ? 'page' : undefined}
              className={cn(
                'flex h-8 items-center gap-2.5 rounded-md px-2 text-ink-2 transition-colors duration-75 hover:bg-hover hover:text-ink',
                here && 'bg-hover font-medium text-ink',
              )}
            >
              <section.icon aria-hidden className={cn('size-4', here ? 'text-accent' : 'text-ink-3')} />
              {section.label}
            </Link>
          );
        })}
      </nav>
      <div className="mt-auto grid gap-2">
        <LivePill className="px-2" />
        <UserMenu />
      </div>
    </aside>
  );
}
