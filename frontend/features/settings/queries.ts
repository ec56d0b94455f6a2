'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import type {
  ApiKey,
  Connection,
  Connector,
  Health,
  Invitation,
  Page,
  Person,
  Suppression,
  Topic,
  WorkspaceDetail,
  WorkspaceUpdate,
} from '@/lib/api/types';

/** Lists of settings are short: one page holds them. */
const useList = <T>(path: string) =>
  useQuery({ queryKey: [path], queryFn: () => api.get<Page<T>>(path), select: ({ items }) => items });

/** A change of something under `path`, which is then asked for again. */
function useChange<In, Out = unknown>(path: string, send: (input: In) => Promise<Out>, quiet = false) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: send,
    meta: { quiet },
    onSuccess: () => cache.invalidateQueries({ queryKey: [path] }),
  });
}

export const useWorkspace = () =>
  useQuery({ queryKey: ['/api/workspace'], queryFn: () => api.get<WorkspaceDetail>('/api/workspace') });
export const useSaveWorkspace = () =>
  useChange('/api/workspace', (change: WorkspaceUpdate) => api.patch('/api/workspace', change), true);

export const useKeys = () => useList<ApiKey>('/api/keys');
export const useCreateKey = () =>
  useChange(
    '/api/keys',
    (key: { name: string; kind: string; role: string | null }) => api.post<ApiKey & { key: string }>('/api/keys', key),
    true,
  );
export const useRevokeKey = () => useChange('/api/keys', (id: string) => api.delete(`/api/keys/${id}`));

export const usePeople = () => useList<Person>('/api/users');
export const useInvite = () =>
  useChange(
    '/api/users',
    (invite: { email: string; role: string }) => api.post<{ link: string }>('/api/users', invite),
    true,
  );

/** The invitations that nobody has used yet; asked for again with the people. */
export const useInvitations = (enabled: boolean) =>
  useQuery({
    queryKey: ['/api/users', 'invitations'],
    queryFn: () => api.get<Page<Invitation>>('/api/users/invitations'),
    select: ({ items }) => items,
    enabled,
  });
export const useWithdrawInvitation = () =>
  useChange('/api/users', (id: string) => api.delete(`/api/users/invitations/${id}`));

export const useChangeRole = () =>
  useChange('/api/users', ({ id, role }: Pick<Person, 'id' | 'role'>) => api.patch(`/api/users/${id}`, { role }));
export const useRemovePerson = () => useChange('/api/users', (id: string) => api.delete(`/api/users/${id}`));

export const useChangePassword = () =>
  useChange(
    '/api/audit',
    (body: { current_password: string; new_password: string }) => api.post('/api/auth/password', body),
    true,
  );

export const useSuppress = () =>
  useChange(
    '/api/suppressions',
    (body: { addresses: string[]; scope: Suppression['scope'] }) => api.post('/api/suppressions', body),
    true,
  );

export const useTopics = () => useList<Topic>('/api/topics');
export const useCreateTopic = () =>
  useChange('/api/topics', (topic: Omit<Topic, 'id'>) => api.post<Topic>('/api/topics', topic), true);

export const useConnections = () => useList<Connection>('/api/connections');
export const useConnectors = () => useList<Connector>('/api/connectors');
export const useCreateConnection = () =>
  useChange(
    '/api/connections',
    (connection: { kind: string; name: string; config: Record<string, unknown> }) =>
      api.post<Connection>('/api/connections', connection),
    true,
  );
/** Tries a connection; the server waits for an answer, and sends nothing. */
export const useCheckConnection = (id: string) =>
  useMutation({ mutationFn: () => api.post<Health>(`/api/connections/${id}/check`) });
export const useUpdateConnection = (id: string) =>
  useChange(
    '/api/connections',
    (change: { name: string; config: Record<string, unknown> }) => api.patch(`/api/connections/${id}`, change),
    true,
  );
export const useDeleteConnection = () =>
  useChange('/api/connections', (id: string) => api.delete(`/api/connections/${id}`));
export const useMakeDefault = () =>
  useChange('/api/connections', (id: string) => api.patch(`/api/connections/${id}`, { is_default: true }));
