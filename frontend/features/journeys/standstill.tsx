'use client';

import { RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';

interface Props {
  label: string;
  busy: boolean;
  onRetry(): void;
  children: ReactNode;
}

/** Something that does not go on by itself, with the button that tries it again. */
export function Standstill({ label, busy, onRetry, children }: Props) {
  return (
    <section
      aria-label={label}
      className="mx-4 mb-4 flex flex-wrap items-start gap-3 rounded-md bg-warn-soft px-3 py-2.5 text-sm text-warn sm:mx-6"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
      <Button size="sm" busy={busy} onClick={onRetry}>
        <RotateCw /> Try again
      </Button>
    </section>
  );
}
