'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import type { Journey, Validation } from '@/lib/api/types';
import { nodeKinds } from '@/lib/nodes/kinds';

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
  useQuery({ ...nodeKinds, select: ({ items }) => new Map(items.map((kind) => [kind.kind, kind])) });

export const validate = (id: string) => api.post<Validation>(`${pathOf(id)}/validate`);
