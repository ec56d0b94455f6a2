'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { usePages } from './pages';
import type { BulkJob, DeadEvent, GivenUpIntake } from './types';

const EVENTS = '/api/dead-events';
const INTAKES = '/api/intakes';
const JOBS = '/api/bulk-jobs';

/** What the engine stopped trying, and leaves to a person. */
export const useDeadEvents = () => usePages<DeadEvent>(EVENTS);
export const useGivenUpIntakes = () => usePages<GivenUpIntake>(INTAKES);
export const useGivenUpJobs = () => usePages<BulkJob>(JOBS);

type Verb = 'replay' | 'retry' | 'dismiss';

/** Deals with one thing of a list by its id, or with all. */
function useDealWith(list: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, id }: { verb: Verb; id?: string }) => api.post(`${list}${id ? `/${id}` : ''}/${verb}`),
    onSettled: () => cache.invalidateQueries({ queryKey: [list] }),
  });
}

export const useDealWithEvents = () => useDealWith(EVENTS);
export const useDealWithIntakes = () => useDealWith(INTAKES);
export const useDealWithJobs = () => useDealWith(JOBS);
