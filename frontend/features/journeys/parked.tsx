'use client';

import { RotateCw, TriangleAlert } from 'lucide-react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import type { Graph, JourneyStatus } from '@/lib/api/types';
import { count } from '@/lib/format';
import { titleOf } from '@/lib/nodes';
import { useJourneyActions } from './queries';

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
    <section
      aria-label="Standing still"
      className="mx-4 mb-4 flex flex-wrap items-start gap-3 rounded-md bg-warn-soft px-3 py-2.5 text-sm text-warn sm:mx-6"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <ul className="grid min-w-0 flex-1 gap-1">
        {parked.map(({ node_id, reason, contacts }) => (
          <li key={`${node_id} ${reason}`}>
            <span className="font-medium">
              {count(contacts, 'person stands', 'people stand')} still at “{titles.get(node_id) ?? node_id}”:
            </span>{' '}
            {reason}
          </li>
        ))}
      </ul>
      <Button size="sm" busy={retry.isPending} onClick={again}>
        <RotateCw /> Try again
      </Button>
    </section>
  );
}
