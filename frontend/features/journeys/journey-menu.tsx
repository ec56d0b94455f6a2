'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Archive, Copy, Download, Pause, Play, Rocket, Tag, Trash2 } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { ActionsMenu } from '@/components/actions-menu';
import { Confirm } from '@/components/ui/confirm';
import { MenuItem, MenuRule } from '@/components/ui/menu';
import { API_URL, api } from '@/lib/api/client';
import { hideRow } from '@/lib/api/pages';
import type { JourneyRow } from '@/lib/api/types';
import { count } from '@/lib/format';
import { withUndo } from '@/lib/undo';
import { PublishDialog } from './lazy';
import { useJourneyActions } from './queries';
import { ResumeDialog } from './resume-dialog';
import { TagsDialog } from './tags-dialog';

type Asked = 'publish' | 'resume' | 'archive' | 'tags' | null;
type Listed = Pick<JourneyRow, 'id' | 'name' | 'state' | 'version' | 'counts' | 'tags'>;

const LIST = '/api/journeys';

/** Puts a journey away, or a draft in the bin, with time to take it back. */
function useRemoval({ id, name, version }: Listed): () => void {
  const cache = useQueryClient();
  const router = useRouter();
  const isInList = usePathname() === '/journeys';
  const refresh = () => cache.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(LIST) });
  return () => {
    hideRow(cache, LIST, id);
    if (!isInList) router.push('/journeys');
    withUndo({
      title: version ? `“${name}” is archived` : `“${name}” is deleted`,
      undo: refresh,
      run: () =>
        (version
          ? api.post(`${LIST}/${id}/archive`, undefined, { keepalive: true })
          : api.delete(`${LIST}/${id}`, { keepalive: true })
        ).finally(refresh),
    });
  };
}

/** All that can be done to a journey, as far as its state allows. */
export function JourneyMenu({ journey }: { journey: Listed }) {
  const { id, name, state, version, counts } = journey;
  const { pause, duplicate } = useJourneyActions(id);
  const router = useRouter();
  const remove = useRemoval(journey);
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const copy = () => duplicate.mutate(undefined, { onSuccess: (made) => router.push(`/journeys/view?id=${made.id}`) });
  const isArchived = state === 'archived';
  return (
    <>
      <ActionsMenu name={name}>
        {!isArchived && (
          <MenuItem onSelect={() => setAsked('publish')}>
            <Rocket /> Publish the draft
          </MenuItem>
        )}
        {state === 'live' && (
          <MenuItem onSelect={() => pause.mutate(undefined)}>
            <Pause /> Pause
          </MenuItem>
        )}
        {state === 'paused' && (
          <MenuItem onSelect={() => setAsked('resume')}>
            <Play /> Resume
          </MenuItem>
        )}
        <MenuItem onSelect={copy}>
          <Copy /> Duplicate
        </MenuItem>
        {!isArchived && (
          <MenuItem onSelect={() => setAsked('tags')}>
            <Tag /> Tags
          </MenuItem>
        )}
        <MenuItem asChild>
          <a href={`${API_URL}/api/journeys/${id}/export`} download>
            <Download /> Export as YAML
          </a>
        </MenuItem>
        {!isArchived && (
          <>
            <MenuRule />
            <MenuItem danger onSelect={() => (counts?.active ? setAsked('archive') : remove())}>
              {version ? <Archive /> : <Trash2 />} {version ? 'Archive' : 'Delete the draft'}
            </MenuItem>
          </>
        )}
      </ActionsMenu>
      {asked === 'publish' && <PublishDialog id={id} onClose={close} />}
      {asked === 'resume' && <ResumeDialog id={id} name={name} onClose={close} />}
      {asked === 'tags' && <TagsDialog journey={journey} onClose={close} />}
      <Confirm
        open={asked === 'archive'}
        onOpenChange={close}
        title={`Archive “${name}”?`}
        description={`Nobody enters any more, and ${count(counts?.active ?? 0, 'person', 'people')} inside will leave. Its history stays.`}
        action="Archive"
        danger
        onConfirm={async () => remove()}
      />
    </>
  );
}
