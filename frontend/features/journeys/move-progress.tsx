'use client';

import { Spinner } from '@/components/ui/spinner';
import type { Move } from '@/lib/api/types';
import { count, formatNumber } from '@/lib/format';
import { useJourneyActions, useLatestMove } from './queries';
import { Standstill } from './standstill';

/** How far people are on their way to a newer version, or why they stopped; nothing once they have arrived. */
export function MoveProgress({ id }: { id: string }) {
  const { data: move } = useLatestMove(id);
  if (move?.finished_at && move.error) return <Stopped id={id} move={move} />;
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

function Stopped({ id, move: { version, error } }: { id: string; move: Move }) {
  const { retry } = useJourneyActions(id);
  return (
    <Standstill label="Stopped on the way" busy={retry.isPending} onRetry={() => retry.mutate(undefined)}>
      <span className="font-medium">Not everyone could be moved to version {version}:</span> {error}
    </Standstill>
  );
}
