'use client';

import { RotateCw, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';

interface LineProps {
  title: ReactNode;
  about: ReactNode;
  error: string;
  busy: boolean;
  onRetry(): void;
  onDismiss(): void;
}

/** One thing that was given up: what, why, and the two ways on. */
export function Line({ title, about, error, busy, onRetry, onDismiss }: LineProps) {
  return (
    <li className="rule-b grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="truncate font-medium">{title}</p>
          <p className="text-ink-3 text-xs">{about}</p>
        </div>
        <div className="flex gap-1">
          <Button size="sm" busy={busy} onClick={onRetry}>
            <RotateCw /> Try again
          </Button>
          <Button size="sm" look="quiet" disabled={busy} onClick={onDismiss}>
            <X /> Dismiss
          </Button>
        </div>
      </div>
      <p className="break-words rounded bg-sunken px-2 py-1.5 font-mono text-ink-2 text-xs">{error}</p>
    </li>
  );
}
