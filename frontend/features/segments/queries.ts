'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type { Contact, OverlapRead, Page, Rule, Segment, SegmentPreview, Verdict } from '@/lib/api/types';

const LIST = '/api/segments';

export const useSegments = () => usePages<Segment>(LIST);

const POLL_MS = 2_000;

/** One segment; while its members are being found, it is asked for again. */
export const useSegment = (id: string) =>
  useQuery({
    queryKey: [LIST, id],
    queryFn: () => api.get<Segment>(`${LIST}/${id}`),
    refetchInterval: ({ state }) => (state.data && !state.data.built_at && !state.data.failed ? POLL_MS : false),
  });

export const useSegmentNames = () =>
  useQuery({
    queryKey: [LIST, 'names'],
    queryFn: () => api.get<Page<Segment>>(LIST, { query: { limit: 500 } }),
    select: ({ items }) => items,
  });

export const useOverlap = (a: string, b: string | undefined) =>
  useQuery({
    queryKey: [LIST, 'overlap', a, b],
    queryFn: () => api.get<OverlapRead>(`${LIST}/overlap`, { query: { a, b } }),
    enabled: !!b,
  });

export const useVerdict = (id: string, contactId: string | undefined) =>
  useQuery({
    queryKey: [LIST, id, 'explain', contactId],
    queryFn: () => api.get<Verdict>(`${LIST}/${id}/explain`, { query: { contact: contactId } }),
    enabled: !!contactId,
  });

export const useMembers = (id: string) => usePages<Contact>(`${LIST}/${id}/members`);

/** How many match a rule now, and some of them; nothing is asked while the rule cannot be read. */
export const usePreview = (rule: Rule | null) =>
  useQuery({
    queryKey: [LIST, 'preview', rule],
    queryFn: () => api.post<SegmentPreview>(`${LIST}/preview`, { rule }),
    enabled: rule !== null,
    placeholderData: (before) => before,
    retry: false,
  });

/** Looks for the members anew after that was given up. */
export function useRetrySegment(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Segment>(`${LIST}/${id}/retry`),
    onSuccess: () => cache.invalidateQueries({ queryKey: [LIST] }),
  });
}

export function useSaveSegment(id: string | null) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (segment: { name: string; rule: Rule }) =>
      id ? api.patch<Segment>(`${LIST}/${id}`, segment) : api.post<Segment>(LIST, segment),
    onSuccess: () => cache.invalidateQueries({ queryKey: [LIST] }),
    meta: { quiet: true },
  });
}
