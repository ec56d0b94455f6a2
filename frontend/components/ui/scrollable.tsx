import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

/** A part that scrolls by itself, by keyboard too. */
export function Scrollable({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className={cn('overflow-x-auto outline-offset-[-2px]', className)}
    >
      {children}
    </section>
  );
}
