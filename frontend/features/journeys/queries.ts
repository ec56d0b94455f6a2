'use client';

import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type {
  Approvals,
  Enrollment,
  Example,
  Graph,
  InFlight,
  Journey,
  JourneyEntries,
  JourneyRow,
  JourneyStatus,
  JourneyVersion,
  Move,
  Page,
  Publish,
  Published,
  Validation,
} from '@/lib/api/types';
import { sumOf } from '@/lib/graph/counts';
import type { Together } from '@/lib/graph/groups';
import { useLiveQueries } from '@/lib/live/use-live';

const LIST = '/api/journeys';
const one = (id: string) => `${LIST}/${id}`;

export const useJourneys = (filters: { state: string; tag: string }) => usePages<JourneyRow>(LIST, filters);

/** How many entered on each of the last days, by journey. */
export const useEntries = (): Record<string, number[]> =>
  useQuery({
    queryKey: [LIST, 'entries'],
    queryFn: () => api.get<Page<JourneyEntries>>(`${LIST}/entries`),
    select: ({ items }) => Object.fromEntries(items.map(({ journey_id, days }) => [journey_id, days])),
    staleTime: 60_000,
  }).data ?? {};

export const useJourney = (id: string) => useQuery({ queryKey: [LIST, id], queryFn: () => api.get<Journey>(one(id)) });

/** A published version, which never changes; nothing for none. */
export const useVersion = (id: string, version: number | null) =>
  useQuery({
    queryKey: ['/api/versions', id, version],
    queryFn: () => api.get<Published>(`${one(id)}/versions/${version}`),
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What people walk: the live version where the draft has moved on, else the draft. */
export function useWalkedGraph({ id, version, graph, has_unpublished_changes }: Journey): Graph {
  const published = useVersion(id, has_unpublished_changes ? version : null);
  return published.data?.graph ?? graph;
}

const statusQuery = (id: string) =>
  queryOptions({ queryKey: [LIST, id, 'status'], queryFn: () => api.get<JourneyStatus>(`${one(id)}/status`) });

/** State and counts, kept fresh by the live socket. */
export function useJourneyStatus(id: string) {
  useLiveQueries(`journey:${id}`, statusQuery(id).queryKey);
  return useQuery(statusQuery(id));
}

/** Some steps' share of the status: they are drawn again only when their own numbers move. */
export const useStepCounts = (id: string, steps: Together) =>
  useQuery({ ...statusQuery(id), select: ({ nodes }) => sumOf(nodes, steps) }).data;

export const useValidation = (id: string, enabled: boolean) =>
  useQuery({ queryKey: [LIST, id, 'validation'], queryFn: () => api.post<Validation>(`${one(id)}/validate`), enabled });

export const useVersions = (id: string) =>
  useQuery({
    queryKey: [LIST, id, 'versions'],
    queryFn: () => api.get<Page<JourneyVersion>>(`${one(id)}/versions`),
    select: (page) => page.items,
  });

/** Who stands where now, as publishing would find them. */
export const useInFlight = (id: string, version: number | undefined, enabled: boolean) =>
  useQuery({
    queryKey: [LIST, id, 'in-flight', version],
    queryFn: () => api.get<InFlight>(`${one(id)}/in-flight`, { query: { version } }),
    enabled,
    staleTime: 0,
  });

const MOVING_MS = 1_000;

/** The latest move of people to another version, asked for again until it has ended. */
export const useLatestMove = (id: string) =>
  useQuery({
    queryKey: [LIST, id, 'moves'],
    queryFn: () => api.get<Move[]>(`${one(id)}/moves`),
    select: ([latest]) => latest ?? null,
    refetchInterval: ({ state }) => (state.data?.[0]?.finished_at === null ? MOVING_MS : false),
  });

/** Who agreed to the draft as it is now. */
export const useApprovals = (id: string) =>
  useQuery({
    queryKey: [LIST, id, 'approvals'],
    queryFn: () => api.get<Approvals>(`${one(id)}/approvals`),
    staleTime: 0,
  });

export const useApproval = (id: string) => ({
  approve: useChange(() => api.post<Approvals>(`${one(id)}/approve`)),
  withdraw: useChange(() => api.delete(`${one(id)}/approve`)),
});

/** Asked for like a state, though whoever reached the goal may be in any. */
export const CONVERTED = 'converted';

export const useEnrollments = (id: string, { node, state }: { node?: string; state?: string }) =>
  usePages<Enrollment>(`${one(id)}/enrollments`, state === CONVERTED ? { node, converted: 'true' } : { node, state });

export const useExamples = () =>
  useQuery({
    queryKey: ['/api/examples'],
    queryFn: () => api.get<Page<Example>>('/api/examples'),
    select: (page) => page.items,
  });

export interface NewJourney {
  name: string;
  graph: Graph;
  settings: Record<string, unknown>;
}

export const useCreateJourney = () =>
  useChange((journey: NewJourney) => api.post<Journey>(LIST, journey), { quiet: true });

/** A journey as a file: the server reads the YAML and names what is wrong with it. */
export const useImportJourney = () =>
  useChange((yaml: string) => api.post<Journey>(`${LIST}/import`, { content: yaml }), { quiet: true });

/** What can be done to a journey as a whole. */
export function useJourneyActions(id: string) {
  return {
    /** Publishes the draft, or an older version anew, which replaces the draft that was seen and no other. */
    publish: useChange(({ from, revision, ...wish }: Partial<Publish> & { from?: number; revision?: number }) =>
      from
        ? api.post<JourneyVersion>(`${one(id)}/versions/${from}/publish`, wish, {
            headers: { 'If-Match': `"${revision}"` },
          })
        : api.post<JourneyVersion>(`${one(id)}/publish`, wish),
    ),
    retry: useChange(() => api.post<{ batches: number }>(`${one(id)}/retry`)),
    pause: useChange(() => api.post(`${one(id)}/pause`)),
    resume: useChange((waits: string) => api.post(`${one(id)}/resume`, { waits })),
    duplicate: useChange(() => api.post<Journey>(`${one(id)}/duplicate`)),
    retag: useChange((tags: string[]) => api.patch<Journey>(one(id), { tags })),
  };
}

/** A change after which every list and number of journeys is asked for again. */
function useChange<In, Out>(send: (input: In) => Promise<Out>, meta?: Record<string, unknown>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: send,
    meta,
    onSuccess: () => cache.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(LIST) }),
  });
}
