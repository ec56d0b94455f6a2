'use client';

import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { Menu, MenuItem } from '@/components/ui/menu';
import { cn } from '@/lib/cn';
import { isWithin, MORE_SECTIONS, PHONE_SECTIONS } from './sections';

const ITEM = 'flex h-14 flex-col items-center justify-center gap-1 text-2xs text-ink-3';

/** Where to go on a phone, within reach of a thumb. */
export function BottomBar() {
  const path = usePathname();
  const router = useRouter();
  const isMore = MORE_SECTIONS.some((section) => isWithin(path, section));
  return (
    <nav
      aria-label="Main"
      className="sticky bottom-0 z-30 grid grid-cols-5 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {PHONE_SECTIONS.map((section) => {
        const here = isWithin(path, section);
        return (
          <Link
            key={section.href}
            href={section.href}
            aria-current={here ? 'page' : undefined}
            className={cn(ITEM, here && 'text-accent-ink')}
          >
            <section.icon aria-hidden className="size-5" />
            {section.label}
          </Link>
        );
      })}
      <Menu
        trigger={
          <button type="button" className={cn(ITEM, isMore && 'text-accent-ink')}>
            <Ellipsis aria-hidden className="size-5" />
            More
          </button>
        }
      >
        {MORE_SECTIONS.map((section) => (
          <MenuItem key={section.href} onSelect={() => router.push(section.href)}>
            <section.icon />
            {section.label}
          </MenuItem>
        ))}
      </Menu>
    </nav>
  );
}
