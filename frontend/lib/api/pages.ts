'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from './client';
import type { Page } from './types';

type Filters = Record<string, string | undefined>;

/** A list read page by page: `items` is all that was read so far. */
export function usePages<T>(path: string, filters: Filters = {}, { limit = 50, enabled = true } = {}) {
  const query = useInfiniteQuery({
    queryKey: [path, 'pages', filters, limit],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(path, { query: { ...filters, limit, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
  return query;
}
