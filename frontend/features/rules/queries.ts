'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import type { JourneyRow, Page, Rule, Segment, SegmentPreview, Template, Topic } from '@/lib/api/types';
import type { FieldHint } from '@/lib/rules/fields';

/** What there is to choose from changes slowly. */
const KEPT_MS = 60_000;

const useOptions = <T>(path: string, query: Record<string, string | number> = {}, enabled = true) =>
  useQuery({
    queryKey: [path, 'options', query],
    queryFn: () => api.get<Page<T>>(path, { query }),
    select: ({ items }) => items,
    staleTime: KEPT_MS,
    enabled,
  }).data ?? [];

export const useAttributes = () => useOptions<FieldHint>('/api/attributes');
export const useEventNames = () => useOptions<{ name: string }>('/api/events/names').map(({ name }) => name);
export const useEventProperties = (event: string) =>
  useOptions<FieldHint>('/api/events/properties', { event }, event !== '');

const WHOLE_LIST = { limit: 200 };

export const useSegmentOptions = () => useOptions<Segment>('/api/segments', WHOLE_LIST);
export const useTemplateOptions = () => useOptions<Template>('/api/templates', WHOLE_LIST);
export const useJourneyOptions = () => useOptions<JourneyRow>('/api/journeys', WHOLE_LIST);
export const useScoreOptions = () => useOptions<{ slug: string; name: string }>('/api/scoring/models');
export const useFormOptions = () => useOptions<{ key: string; name: string }>('/api/forms');
export const useTopicOptions = () => useOptions<Topic>('/api/topics');

/** How many match a rule now, and some of them; nothing is asked while the rule is not finished. */
export const useRulePreview = (rule: Rule | null) =>
  useQuery({
    queryKey: ['/api/segments', 'preview', rule],
    queryFn: () => api.post<SegmentPreview>('/api/segments/preview', { rule }),
    enabled: rule !== null,
    placeholderData: (before) => before,
    retry: false,
  });
