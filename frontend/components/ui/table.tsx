'use client';

import type { ComponentProps, ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { openRow, stepRow } from '@/lib/step-row';
import { useKeys } from '@/lib/use-keys';
import { Scrollable } from './scrollable';

/** A table that scrolls sideways inside its own frame, so that the page never does. `j` and `k` walk its rows, `o` opens one. */
export function Table({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  useKeys({ j: () => stepRow(1), k: () => stepRow(-1), o: openRow });
  return (
    <Scrollable label={label} className={cn('rounded-lg border bg-surface', className)}>
      <table className="w-full border-collapse text-sm">{children}</table>
    </Scrollable>
  );
}

interface Head {
  name: string;
  number?: boolean;
  className?: string;
  /** Said, not shown: what is in the column speaks for itself. */
  isHidden?: boolean;
}

/** Column heads; a name ending in `#` is a number's, and stands to the right. */
export function TableHead({ columns }: { columns: (string | Head)[] }) {
  return (
    <thead>
      <tr className="border-b text-left text-ink-3 text-xs">
        {columns.map(readHead).map(({ name, number, className, isHidden }) => (
          <th
            key={name}
            scope="col"
            className={cn(
              'h-9 whitespace-nowrap px-3 font-medium first:pl-4 last:pr-4',
              number && 'text-right',
              className,
            )}
          >
            <span className={isHidden ? 'sr-only' : ''}>{name}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

const readHead = (head: string | Head): Head =>
  typeof head === 'string' ? { name: head.replace('#', ''), number: head.endsWith('#') } : head;

export function Row({ className, ...props }: ComponentProps<'tr'>) {
  return (
    <tr className={cn('rule-b relative h-12 transition-colors duration-75 hover:bg-hover', className)} {...props} />
  );
}

export function Cell({ number, className, ...props }: ComponentProps<'td'> & { number?: boolean }) {
  return (
    <td
      className={cn('px-3 py-2 first:pl-4 last:pr-4', number && 'num whitespace-nowrap text-right', className)}
      {...props}
    />
  );
}
