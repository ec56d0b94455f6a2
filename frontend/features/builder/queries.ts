'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import type { Journey, NodeKind, Page, Validation } from '@/lib/api/types';

export const pathOf = (id: string) => `/api/journeys/${id}`;

/** The draft to edit, asked for once: from then on the builder is ahead of the server. */
export const useDraft = (id: string) =>
  useQuery({
    queryKey: ['builder', id],
    queryFn: () => api.get<Journey>(pathOf(id)),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: 'always',
  });

export const useNodeKinds = () =>
  useQuery({
    queryKey: ['/api/node-kinds'],
    queryFn: () => api.get<Page<NodeKind>>('/api/node-kinds'),
    select: ({ items }) => new Map(items.map((kind) => [kind.kind, kind])),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const validate = (id: string) => api.post<Validation>(`${pathOf(id)}/validate`);
