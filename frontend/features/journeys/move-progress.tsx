'use client';

import { Spinner } from '@/components/ui/spinner';
import { count, formatNumber } from '@/lib/format';
import { useLatestMove } from './queries';

/** How far people are on their way to a newer version; nothing once they have arrived. */
export function MoveProgress({ id }: { id: string }) {
  const { data: move } = useLatestMove(id);
  if (!move || move.finished_at) return null;
  return (
    <p
      role="status"
      className="mx-4 mb-4 flex items-center gap-2 rounded-md bg-info-soft px-3 py-2 text-info text-sm sm:mx-6"
    >
      <Spinner className="size-3.5" />
      Moving people to version {move.version}: {formatNumber(move.moved)} so far
      {move.exited > 0 && `, ${count(move.exited, 'person has', 'people have')} left`}.
    </p>
  );
}
