'use client';

import { type InfiniteData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
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

/** Takes a row out of every list of this path that was read, until the list is asked for again. */
export function hideRow(cache: QueryClient, path: string, id: string): void {
  cache.setQueriesData<InfiniteData<Page<{ id: string }>>>(
    { queryKey: [path, 'pages'] },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) })),
      },
  );
}
