'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import type { BulkJob, ContactFilter, ContactSearch, ContactView, JourneyRow, Page } from '@/lib/api/types';

export type Action =
  | { type: 'tag'; add: string[]; remove: string[] }
  | { type: 'enroll'; journey_id: string }
  | { type: 'suppress'; scope: 'all' | 'marketing' }
  | { type: 'export' };

/** Whom an action is for: some by name, or all that a search finds. */
export type Audience = ContactFilter & { contact_ids?: string[] };

export const useBulk = () =>
  useMutation({
    mutationFn: (job: { audience: Audience; action: Action }) => api.post<BulkJob>('/api/contacts/bulk', job),
    meta: { quiet: true },
  });

const POLL_MS = 700;
export const isOver = ({ state }: Pick<BulkJob, 'state'>) => state === 'completed' || state === 'failed';

export const useBulkJob = (begun: BulkJob) =>
  useQuery({
    queryKey: ['/api/bulk-jobs', begun.id],
    queryFn: () => api.get<BulkJob>(`/api/bulk-jobs/${begun.id}`),
    initialData: begun,
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : POLL_MS),
  }).data;

/** The journeys that take people in now. */
export const useLiveJourneys = () =>
  useQuery({
    queryKey: ['/api/journeys', 'live'],
    queryFn: () => api.get<Page<JourneyRow>>('/api/journeys', { query: { state: 'live', limit: 500 } }),
    select: ({ items }) => items,
  });

const VIEWS = '/api/contact-views';

export const useViews = () =>
  useQuery({
    queryKey: [VIEWS],
    queryFn: () => api.get<Page<ContactView>>(VIEWS),
    select: ({ items }) => items,
  });

export function useSaveView() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (view: { name: string; search: ContactSearch; columns: string[] }) =>
      api.post<ContactView>(VIEWS, view),
    onSuccess: () => cache.invalidateQueries({ queryKey: [VIEWS] }),
    meta: { quiet: true },
  });
}

/** Whether anybody matches is asked of the server; only the number comes back. */
export const useMatchCount = (rule: ContactSearch['rule']) =>
  useQuery({
    queryKey: ['/api/segments', 'preview', rule],
    queryFn: () => api.post<{ count: number }>('/api/segments/preview', { rule }),
    enabled: !!rule,
    select: ({ count }) => count,
    staleTime: 30_000,
  });
