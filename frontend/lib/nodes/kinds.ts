import { queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import type { NodeKind, Page } from '@/lib/api/types';

/** The kinds of step that this installation has, custom activities too. */
export const nodeKinds = queryOptions({
  queryKey: ['/api/node-kinds'],
  queryFn: () => api.get<Page<NodeKind>>('/api/node-kinds'),
  staleTime: Number.POSITIVE_INFINITY,
});
