'use client';

import { useQueryClient } from '@tanstack/react-query';
import { BookmarkPlus, PieChart, Trash2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Filters } from '@/components/ui/filters';
import { api } from '@/lib/api/client';
import type { ContactSearch, ContactView } from '@/lib/api/types';
import { withUndo } from '@/lib/undo';
import { paramsOf, ruleOf } from './use-search';

const SaveView = dynamic(() => import('./save-view').then((module) => module.SaveView), { ssr: false });

interface Props {
  views: ContactView[];
  openId: string;
  search: ContactSearch;
  columns: string[];
  onOpen(view: ContactView | null): void;
}

/** Searches that are kept under a name, for everybody in the workspace. */
export function Views({ views, openId, search, columns, onOpen }: Props) {
  const [saving, setSaving] = useState(false);
  const forget = useForget();
  const open = views.find(({ id }) => id === openId);
  const rule = ruleOf(search);
  const isNew = !open && paramsOf(search).size > 0;
  if (views.length === 0 && !isNew) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Filters
        label="Views"
        options={[{ value: '', label: 'Everyone' }, ...views.map(({ id, name }) => ({ value: id, label: name }))]}
        value={isNew ? 'none' : openId}
        onChange={(id) => onOpen(views.find((view) => view.id === id) ?? null)}
      />
      {isNew && (
        <Button size="sm" look="quiet" onClick={() => setSaving(true)}>
          <BookmarkPlus /> Save as a view
        </Button>
      )}
      {rule && (
        <Button asChild size="sm" look="quiet">
          <Link href={`/segments?${new URLSearchParams({ id: 'new', rule: JSON.stringify(rule) })}`}>
            <PieChart /> Make a segment
          </Link>
        </Button>
      )}
      {open && (
        <Button
          size="sm"
          look="quiet"
          onClick={() => {
            onOpen(null);
            forget(open);
          }}
        >
          <Trash2 /> Delete this view
        </Button>
      )}
      {saving && (
        <SaveView
          search={search}
          columns={columns}
          onSaved={(view) => {
            setSaving(false);
            onOpen(view);
          }}
          onClose={() => setSaving(false)}
        />
      )}
    </div>
  );
}

/** Forgets a view, with time to take that back. */
function useForget(): (view: ContactView) => void {
  const cache = useQueryClient();
  const key = ['/api/contact-views'];
  const refresh = () => cache.invalidateQueries({ queryKey: key });
  return ({ id, name }) => {
    cache.setQueryData<{ items: ContactView[] }>(
      key,
      (page) => page && { ...page, items: page.items.filter((view) => view.id !== id) },
    );
    withUndo({
      title: `The view “${name}” is deleted`,
      undo: refresh,
      run: () => api.delete(`/api/contact-views/${id}`, { keepalive: true }).finally(refresh),
    });
  };
}
