'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type { Message, OutboxMail, OutboxMailDetail } from '@/lib/api/types';

export const useMessages = (filters: { state?: string }) => usePages<Message>('/api/messages', filters);

export const useOutbox = () => usePages<OutboxMail>('/api/outbox');

export const useMail = (id: string) =>
  useQuery({
    queryKey: ['/api/outbox', id],
    queryFn: () => api.get<OutboxMailDetail>(`/api/outbox/${id}`),
    enabled: !!id,
  });
