'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type { PointsRule, ScoringModel } from '@/lib/api/types';

const LIST = '/api/scoring/models';

export interface ModelWish {
  slug: string;
  name: string;
  rules: PointsRule[];
}

export const useModels = () => usePages<ScoringModel>(LIST);

export const useModel = (slug: string) =>
  useQuery({ queryKey: [LIST, slug], queryFn: () => api.get<ScoringModel>(`${LIST}/${slug}`) });

export function useSaveModel(slug: string | null) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ name, rules, slug: wanted }: ModelWish) =>
      slug
        ? api.patch<ScoringModel>(`${LIST}/${slug}`, { name, rules })
        : api.post<ScoringModel>(LIST, { slug: wanted, name, rules }),
    onSuccess: () => cache.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(LIST) }),
    meta: { quiet: true },
  });
}

export function useDeleteModel() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (slug: string) => api.delete(`${LIST}/${slug}`),
    onSuccess: () => cache.invalidateQueries({ queryKey: [LIST, 'pages'] }),
  });
}
