'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import type { Journey, Page, Segment, Simulated, SimulationDetail, SimulationRow } from '@/lib/api/types';
import { requestOf, type Wish } from './request';

const LIST = '/api/journeys';

/** The draft as it was saved last. */
export const useSimulatedJourney = (id: string) =>
  useQuery({ queryKey: [LIST, id], queryFn: () => api.get<Journey>(`${LIST}/${id}`) });

export const useSegments = () =>
  useQuery({
    queryKey: ['/api/segments', 'options'],
    queryFn: () => api.get<Page<Segment>>('/api/segments', { query: { limit: 200 } }),
    select: ({ items }) => items,
  }).data ?? [];

const keptKey = (id: string) => [LIST, id, 'simulations'];

export const useKept = (id: string) =>
  useQuery({
    queryKey: keptKey(id),
    queryFn: () => api.get<Page<SimulationRow>>(`${LIST}/${id}/simulations`, { query: { limit: 20 } }),
    select: ({ items }) => items,
  });

export function useSimulate(id: string) {
  const cache = useQueryClient();
  return useMutation({
    /** With the graph as the server has it now: it is the one that is simulated. */
    mutationFn: async (wish: Wish) => {
      const { graph } = await api.get<Journey>(`${LIST}/${id}`);
      const { result } = await api.post<Simulated>(`${LIST}/${id}/simulate`, requestOf(wish));
      return { graph, result };
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: keptKey(id) }),
    meta: { quiet: true },
  });
}

export const useOpenKept = (id: string) =>
  useMutation({
    mutationFn: (simulation: string) => api.get<SimulationDetail>(`${LIST}/${id}/simulations/${simulation}`),
  });
