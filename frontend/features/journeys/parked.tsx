'use client';

import type { Graph, JourneyStatus } from '@/lib/api/types';
import { count } from '@/lib/format';
import { titleOf } from '@/lib/nodes';
import { toast } from '@/lib/toast';
import { useJourneyActions } from './queries';
import { Standstill } from './standstill';

/** Batches that do not move on their own: where, why, and the button that tries them again. */
export function Parked({ id, graph, parked }: { id: string; graph: Graph; parked: JourneyStatus['parked'] }) {
  const { retry } = useJourneyActions(id);
  if (parked.length === 0) return null;
  const titles = new Map(graph.nodes.map((node) => [node.id, titleOf(node)]));
  const again = () =>
    retry.mutate(undefined, {
      onSuccess: ({ batches }) => toast.success(`${count(batches, 'batch is', 'batches are')} tried again`),
    });
  return (
    <Standstill label="Standing still" busy={retry.isPending} onRetry={again}>
      <ul className="grid gap-1">
        {parked.map(({ node_id, reason, contacts }) => (
          <li key={`${node_id} ${reason}`}>
            <span className="font-medium">
              {count(contacts, 'person stands', 'people stand')} still at “{titles.get(node_id) ?? node_id}”:
            </span>{' '}
            {reason}
          </li>
        ))}
      </ul>
    </Standstill>
  );
}
