'use client';

import { Archive, Download, Ellipsis, Pause, Play, Rocket } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Menu, MenuItem, MenuRule } from '@/components/ui/menu';
import { API_URL } from '@/lib/api/client';
import type { JourneyRow } from '@/lib/api/types';
import { PublishDialog } from './publish-dialog';
import { useJourneyActions } from './queries';
import { ResumeDialog } from './resume-dialog';

type Asked = 'publish' | 'resume' | 'archive' | null;

/** All that can be done to a journey, as far as its state allows. */
export function JourneyMenu({ journey }: { journey: Pick<JourneyRow, 'id' | 'name' | 'state'> }) {
  const { id, name, state } = journey;
  const { pause, archive } = useJourneyActions(id);
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" size="icon" aria-label={`Actions for ${name}`}>
            <Ellipsis />
          </Button>
        }
      >
        {state !== 'archived' && (
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
        <MenuItem asChild>
          <a href={`${API_URL}/api/journeys/${id}/export`} download>
            <Download /> Export as YAML
          </a>
        </MenuItem>
        {state !== 'archived' && (
          <>
            <MenuRule />
            <MenuItem danger onSelect={() => setAsked('archive')}>
              <Archive /> Archive
            </MenuItem>
          </>
        )}
      </Menu>
      {asked === 'publish' && <PublishDialog id={id} name={name} isLive={state !== 'draft'} onClose={close} />}
      {asked === 'resume' && <ResumeDialog id={id} name={name} onClose={close} />}
      <Confirm
        open={asked === 'archive'}
        onOpenChange={close}
        title={`Archive “${name}”?`}
        description="Nobody enters any more, and whoever is inside leaves. Its history stays."
        action="Archive"
        danger
        onConfirm={() => archive.mutateAsync(undefined)}
      />
    </>
  );
}
