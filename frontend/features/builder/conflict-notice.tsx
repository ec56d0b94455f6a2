'use client';

import { Button } from '@/components/ui/button';

interface Props {
  onReload(): void;
  onOverwrite(): void;
}

/** Somebody else saved first: nothing of either is lost until one is chosen. */
export function ConflictNotice({ onReload, onOverwrite }: Props) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-2 border-b bg-warn-soft px-4 py-2 text-sm text-warn">
      <span className="min-w-0 flex-1 basis-60">
        Somebody else has changed this draft. What you see is not saved: take theirs, or put yours in its place.
      </span>
      <Button size="sm" onClick={onReload}>
        Take theirs
      </Button>
      <Button size="sm" onClick={onOverwrite}>
        Keep mine
      </Button>
    </div>
  );
}
