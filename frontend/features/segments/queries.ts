'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type { Contact, Rule, Segment, SegmentPreview } from '@/lib/api/types';

const LIST = '/api/segments';

export const useSegments = () => usePages<Segment>(LIST);

export const useSegment = (id: string) =>
  useQuery({ queryKey: [LIST, id], queryFn: () => api.get<Segment>(`${LIST}/${id}`) });

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

export function useSaveSegment(id: string | null) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (segment: { name: string; rule: Rule }) =>
      id ? api.patch<Segment>(`${LIST}/${id}`, segment) : api.post<Segment>(LIST, segment),
    onSuccess: () => cache.invalidateQueries({ queryKey: [LIST] }),
    meta: { quiet: true },
  });
}
