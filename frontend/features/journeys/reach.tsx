'use client';

import { useQueries, useQuery } from '@tanstack/react-query';
import { Spinner } from '@/components/ui/spinner';
import { api } from '@/lib/api/client';
import type { Graph, GraphNode, Rule, Segment, SegmentPreview, Simulated } from '@/lib/api/types';
import { count, formatNumber } from '@/lib/format';
import { titleOf } from '@/lib/nodes';

const DAYS = 30;
const SAMPLE = 100;

/** Triggers that take in who is in their segment already, and did not do so in the live version. */
export function newIntakes(draft: Graph, live: Graph | undefined): GraphNode[] {
  const had = (node: GraphNode) => live?.nodes.find(({ id }) => id === node.id)?.data;
  const isSame = (a: GraphNode['data'], b: GraphNode['data'] | undefined) =>
    b?.existing === true && a.segment_id === b.segment_id && JSON.stringify(a.rule) === JSON.stringify(b.rule);
  return draft.nodes.filter(
    (node) => node.type === 'segment_trigger' && node.data.existing === true && !isSame(node.data, had(node)),
  );
}

const sizeOf = async ({ data }: GraphNode): Promise<number> =>
  data.segment_id
    ? (await api.get<Segment>(`/api/segments/${data.segment_id}`)).count
    : (await api.post<SegmentPreview>('/api/segments/preview', { rule: data.rule as Rule })).count;

/** How many enter at once, and how much mail follows, from a simulation of a sample of them. */
export function Reach({ id, triggers, revision }: { id: string; triggers: GraphNode[]; revision: number }) {
  const sizes = useQueries({
    queries: triggers.map((node) => ({ queryKey: ['/api/segments', 'size', node.data], queryFn: () => sizeOf(node) })),
  });
  const forecast = useForecast(id, triggers, revision);
  if (triggers.length === 0) {
    return <p className="text-ink-2 text-sm">Nobody enters at once: people come as the triggers let them in.</p>;
  }
  return (
    <ul className="grid gap-1.5 text-sm">
      {triggers.map((node, index) => (
        <li key={node.id}>
          <span className="num font-medium">
            {sizes[index]?.data === undefined ? '…' : count(sizes[index].data, 'person', 'people')}
          </span>{' '}
          <span className="text-ink-2">in the segment of “{titleOf(node)}” would enter at once.</span>
        </li>
      ))}
      {forecast.isFetching && (
        <li className="flex items-center gap-2 text-ink-3">
          <Spinner className="size-3.5" /> Trying it with {SAMPLE} of them
        </li>
      )}
      {forecast.data && (
        <li className="text-ink-2">
          About <span className="num font-medium text-ink">{formatNumber(forecast.data.sent)}</span> mails in the first{' '}
          {DAYS} days
          {forecast.data.most_sent_per_hour > 0 &&
            `, at most ${formatNumber(forecast.data.most_sent_per_hour)} an hour`}
          .
        </li>
      )}
    </ul>
  );
}

function useForecast(id: string, triggers: GraphNode[], revision: number) {
  const first = triggers.find(({ data }) => data.segment_id);
  return useQuery({
    queryKey: ['/api/forecast', id, revision, first?.id],
    queryFn: async () => {
      const body = {
        segment_id: first?.data.segment_id,
        trigger_id: first?.id,
        sample: SAMPLE,
        days: DAYS,
        detailed: 0,
        keep: false,
      };
      return (await api.post<Simulated>(`/api/journeys/${id}/simulate`, body)).result.projection;
    },
    enabled: !!first,
    retry: false,
    staleTime: 60_000,
  });
}
