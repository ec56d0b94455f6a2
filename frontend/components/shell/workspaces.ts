'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { api } from '@/lib/api/client';
import type { Page, WorkspaceInfo } from '@/lib/api/types';
import { close } from '@/lib/live/socket';

const LIST = '/api/workspaces';

export const useWorkspaces = () =>
  useQuery({
    queryKey: [LIST],
    queryFn: () => api.get<Page<WorkspaceInfo>>(LIST),
    select: ({ items }) => items,
    staleTime: 60_000,
  });

/** Begins anew in the workspace that this browser is in now: nothing of the one before may stay in sight. */
function useArrival(): () => Promise<void> {
  const cache = useQueryClient();
  const router = useRouter();
  return async () => {
    close();
    router.push('/journeys');
    await cache.resetQueries();
  };
}

export function useOpenWorkspace() {
  const arrive = useArrival();
  return useMutation({ mutationFn: (id: string) => api.post(`${LIST}/${id}/open`), onSuccess: arrive });
}

export function useCreateWorkspace() {
  const arrive = useArrival();
  return useMutation({
    mutationFn: (workspace: { name: string; time_zone: string }) => api.post<WorkspaceInfo>(LIST, workspace),
    onSuccess: arrive,
    meta: { quiet: true },
  });
}
