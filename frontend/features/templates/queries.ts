'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type { Page, Template, TemplatePreview, TemplateVersion } from '@/lib/api/types';

const LIST = '/api/templates';

export const useTemplates = () => usePages<Template>(LIST);

export const useTemplate = (id: string) =>
  useQuery({ queryKey: [LIST, id], queryFn: () => api.get<Template>(`${LIST}/${id}`), enabled: !!id });

/** What a mail is made of, before it has a name. */
export interface MailSource {
  subject: string;
  preheader: string;
  html: string | null;
  mjml: string | null;
}

export function useSaveTemplate(id: string | null) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (template: MailSource & { name: string }) =>
      id ? api.patch<Template>(`${LIST}/${id}`, template) : api.post<Template>(LIST, template),
    onSuccess: () => cache.invalidateQueries({ queryKey: [LIST] }),
    meta: { quiet: true },
  });
}

/** The mail as the server renders it for a contact, with what it found. */
export const usePreview = (source: MailSource, contactId: string) =>
  useQuery({
    queryKey: [LIST, 'preview', source, contactId],
    queryFn: () => api.post<TemplatePreview>(`${LIST}/preview`, { ...source, contact_id: contactId || null }),
    placeholderData: (before) => before,
    enabled: !!(source.html || source.mjml),
    retry: false,
  });

/** The versions of a template, the newest first; a new one changes the key. */
export const useVersions = (id: string, newest: number) =>
  useQuery({
    queryKey: [LIST, id, 'versions', newest],
    queryFn: () => api.get<Page<TemplateVersion>>(`${LIST}/${id}/versions`),
    select: ({ items }) => items,
  });

export const useTestSend = () =>
  useMutation({
    mutationFn: ({ id, to, contactId }: { id: string; to: string; contactId: string }) =>
      api.post(`${LIST}/${id}/send-test`, { to, contact_id: contactId || null }),
  });
