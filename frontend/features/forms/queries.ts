'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type { FormField, WebForm } from '@/lib/api/types';

const LIST = '/api/forms';

export interface FormWish {
  name: string;
  fields: FormField[];
  redirect_url: string | null;
  origins: string[];
  disabled?: boolean;
}

export const useForms = () => usePages<WebForm>(LIST);

export const useWebForm = (id: string) =>
  useQuery({ queryKey: [LIST, id], queryFn: () => api.get<WebForm>(`${LIST}/${id}`) });

export function useSaveForm(id: string | null) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (form: Partial<FormWish>) =>
      id ? api.patch<WebForm>(`${LIST}/${id}`, form) : api.post<WebForm>(LIST, form),
    onSuccess: () => cache.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(LIST) }),
    meta: { quiet: true },
  });
}

/** Sends a form as a page would. */
export const useSubmit = (key: string) =>
  useMutation({
    mutationFn: (values: Record<string, string>) => api.post<{ success: boolean }>(`/f/${key}`, values),
    meta: { quiet: true },
  });

export function useDeleteForm() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.delete(`${LIST}/${id}`),
    onSuccess: () => cache.invalidateQueries({ queryKey: [LIST, 'pages'] }),
  });
}
