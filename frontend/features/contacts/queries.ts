'use client';

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type {
  Contact,
  ContactDetail,
  ContactSearch,
  Enrolled,
  EnrollmentTrace,
  ImportJob,
  Journey,
  JourneyRow,
  Page,
  ScoreChange,
  TimelineEvent,
  WhyNot,
} from '@/lib/api/types';
import { useLiveQueries } from '@/lib/live/use-live';

const LIST = '/api/contacts';
const one = (id: string) => `${LIST}/${id}`;

const PAGE_SIZE = 100;

/** Those that a search finds, page by page; the search is too long for an address. */
export const useContacts = (search: ContactSearch) =>
  useInfiniteQuery({
    queryKey: [LIST, 'search', search],
    queryFn: ({ pageParam, signal }) =>
      api.post<Page<Contact>>(`${LIST}/search`, search, { query: { limit: PAGE_SIZE, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
    placeholderData: keepPreviousData,
  });

/** Everything about a person, kept fresh by the live socket. */
export function useContact(id: string) {
  const query = useQuery({ queryKey: [LIST, id], queryFn: () => api.get<ContactDetail>(one(id)), enabled: !!id });
  useLiveQueries(query.data ? `contact:${id}` : null, [LIST, id]);
  return query;
}

export function useTimeline(id: string) {
  return usePages<TimelineEvent>(`${one(id)}/timeline`);
}

export const useTrace = (enrollmentId: string) =>
  useQuery({
    queryKey: ['/api/enrollments', enrollmentId],
    queryFn: () => api.get<EnrollmentTrace>(`/api/enrollments/${enrollmentId}`),
  });

/** The drawn journey behind a trace, for the names of its steps. */
export const useDrawnJourney = (id: string | undefined) =>
  useQuery({ queryKey: ['/api/journeys', id], queryFn: () => api.get<Journey>(`/api/journeys/${id}`), enabled: !!id });

/** The journeys that somebody could be in. */
export const usePublishedJourneys = () =>
  useQuery({
    queryKey: ['/api/journeys', 'published'],
    queryFn: () => api.get<Page<JourneyRow>>('/api/journeys', { query: { limit: 500 } }),
    select: ({ items }) => items.filter(({ version }) => version !== null),
  });

/** Why a journey did not let somebody in, or that it did. */
export const useWhyNot = (contactId: string, journeyId: string) =>
  useQuery({
    queryKey: ['/api/journeys', journeyId, 'why', contactId],
    queryFn: () => api.get<WhyNot>(`/api/journeys/${journeyId}/why`, { query: { contact: contactId } }),
    enabled: !!journeyId,
    staleTime: 0,
  });

/** How a score of somebody came about, the newest change first. */
export const useScoreHistory = (model: string, contactId: string) =>
  usePages<ScoreChange>(`/api/scoring/models/${model}/history`, { contact: contactId }, { limit: 10 });

export function useContactActions(id: string) {
  const cache = useQueryClient();
  const onSuccess = () =>
    cache.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(LIST) });
  return {
    suppress: useMutation({ mutationFn: () => api.post(`${one(id)}/suppress`, { reason: 'manual' }), onSuccess }),
    enroll: useMutation({
      mutationFn: (journeyId: string) => api.post<Enrolled>(`/api/journeys/${journeyId}/enroll`, { contact_ids: [id] }),
      onSuccess,
      meta: { quiet: true },
    }),
    retag: useMutation({
      mutationFn: (tags: { add_tags?: string[]; remove_tags?: string[] }) => api.patch(one(id), tags),
      onSuccess,
    }),
    erase: useMutation({ mutationFn: () => api.post(`${one(id)}/erase`), onSuccess }),
  };
}

/** Changes somebody, or makes somebody new. */
export function useSaveContact(id?: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (fields: Record<string, string | null>) =>
      id ? api.patch<Contact>(one(id), fields) : api.post<Contact>(LIST, fields),
    onSuccess: () => cache.invalidateQueries({ queryKey: [LIST] }),
    meta: { quiet: true },
  });
}

export interface Upload {
  file: File;
  /** Column to field; null leaves the column out. */
  mapping: Record<string, string | null>;
  dryRun: boolean;
}

/** Hands the file over; the server reads it on its own and says how far it is. */
export const useImport = () =>
  useMutation({
    mutationFn: ({ file, mapping, dryRun }: Upload) => {
      const form = new FormData();
      form.set('file', file);
      form.set('mapping', JSON.stringify(mapping));
      form.set('dry_run', String(dryRun));
      return api.post<ImportJob>(`${LIST}/import`, form);
    },
    meta: { quiet: true },
  });

const isOver = (job: ImportJob | undefined) => job?.state === 'completed' || job?.state === 'failed';
const POLL_MS = 1_000;

/** An import's progress: told by the live socket, and asked for in case the socket is away. */
export function useImportJob(id: string) {
  const key = ['/api/imports', id];
  useLiveQueries(`import:${id}`, key);
  return useQuery({
    queryKey: key,
    queryFn: () => api.get<ImportJob>(`/api/imports/${id}`),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : POLL_MS),
  });
}

/** Goes on with an import that was given up. */
export function useRetryImport(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<ImportJob>(`/api/imports/${id}/retry`),
    onSuccess: (job) => cache.setQueryData(['/api/imports', id], job),
  });
}
