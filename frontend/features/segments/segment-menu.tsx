'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Trash2, Users } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { ActionsMenu } from '@/components/actions-menu';
import { MenuItem, MenuRule } from '@/components/ui/menu';
import { api } from '@/lib/api/client';
import { hideRow } from '@/lib/api/pages';
import type { Segment } from '@/lib/api/types';
import { withUndo } from '@/lib/undo';

const LIST = '/api/segments';

/** What can be done to a segment as a whole. */
export function SegmentMenu({ segment: { id, name } }: { segment: Segment }) {
  const cache = useQueryClient();
  const router = useRouter();
  const refresh = () => cache.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(LIST) });
  const remove = () => {
    router.push('/segments');
    hideRow(cache, LIST, id);
    withUndo({
      title: `“${name}” is deleted`,
      undo: refresh,
      run: () => api.delete(`${LIST}/${id}`, { keepalive: true }).finally(refresh),
    });
  };
  return (
    <ActionsMenu name={name}>
      <MenuItem asChild>
        <Link href={`/contacts?segment_id=${id}`}>
          <Users /> Show in contacts
        </Link>
      </MenuItem>
      <MenuRule />
      <MenuItem danger onSelect={remove}>
        <Trash2 /> Delete
      </MenuItem>
    </ActionsMenu>
  );
}
