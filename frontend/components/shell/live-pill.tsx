'use client';

import { cn } from '@/lib/cn';
import type { LiveState } from '@/lib/live/socket';
import { useLiveState } from '@/lib/live/use-live';

const WORDS: Record<Exclude<LiveState, 'idle'>, { text: string; dot: string }> = {
  connecting: { text: 'Connecting', dot: 'bg-ink-3' },
  open: { text: 'Live', dot: 'bg-ok' },
  offline: { text: 'Reconnecting', dot: 'bg-warn' },
};

/** Whether numbers on the page move by themselves; nothing when the page follows nothing. */
export function LivePill({ className }: { className?: string }) {
  const state = useLiveState();
  if (state === 'idle') return null;
  const { text, dot } = WORDS[state];
  return (
    <span
      role="status"
      className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-ink-3 text-xs', className)}
    >
      <span aria-hidden className={cn('size-1.5 rounded-full', dot)} />
      {text}
    </span>
  );
}
