'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Archive, Copy } from 'lucide-react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { ActionsMenu } from '@/components/actions-menu';
import { MenuItem, MenuRule } from '@/components/ui/menu';
import { api } from '@/lib/api/client';
import { hideRow } from '@/lib/api/pages';
import type { Template } from '@/lib/api/types';
import { withUndo } from '@/lib/undo';
import { useSaveTemplate } from './queries';

const LIST = '/api/templates';

/** Puts a template away, with time to take it back. */
function useArchive({ id, name }: Template): () => void {
  const cache = useQueryClient();
  const router = useRouter();
  const path = usePathname();
  const isOpen = useSearchParams().get('id') === id;
  const refresh = () => cache.invalidateQueries({ queryKey: [LIST] });
  return () => {
    if (isOpen) router.push(path);
    hideRow(cache, LIST, id);
    withUndo({
      title: `“${name}” is archived`,
      description: 'Journeys that were published with it go on sending it.',
      undo: refresh,
      run: () => api.delete(`${LIST}/${id}`, { keepalive: true }).finally(refresh),
    });
  };
}

/** What can be done to a template as a whole. */
export function TemplateMenu({ template }: { template: Template }) {
  const { name, subject, preheader, html, mjml } = template;
  const router = useRouter();
  const create = useSaveTemplate(null);
  const archive = useArchive(template);
  const copy = () =>
    create.mutate(
      {
        name: `Copy of ${name}`,
        subject: subject ?? '',
        preheader: preheader ?? '',
        html: html ?? null,
        mjml: mjml ?? null,
      },
      { onSuccess: ({ id }) => router.push(`/templates?id=${id}`) },
    );
  return (
    <ActionsMenu name={name}>
      <MenuItem onSelect={copy}>
        <Copy /> Duplicate
      </MenuItem>
      <MenuRule />
      <MenuItem danger onSelect={archive}>
        <Archive /> Archive
      </MenuItem>
    </ActionsMenu>
  );
}
