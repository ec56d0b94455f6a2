'use client';

import { ExternalLink, Pencil, Rocket } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { StateBadge } from '@/components/state-badge';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Skeleton } from '@/components/ui/skeleton';
import { Stat } from '@/components/ui/stat';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import type { Journey, JourneyStatus } from '@/lib/api/types';
import { count } from '@/lib/format';
import { useSearchState } from '@/lib/use-search-state';
import { JourneyMenu } from './journey-menu';
import { JourneySettings, People, PublishDialog, Versions } from './lazy';
import { MoveProgress } from './move-progress';
import { Parked } from './parked';
import { Picture } from './picture';
import { CONVERTED, useJourney, useJourneyStatus, useWalkedGraph } from './queries';
import { useUnpublished } from './unpublished';

const TABS = [
  { value: 'picture', label: 'Picture' },
  { value: 'people', label: 'People' },
  { value: 'versions', label: 'Versions' },
  { value: 'settings', label: 'Settings' },
];

export function JourneyView() {
  const [id] = useSearchState('id');
  const journey = useJourney(id);
  return (
    <Loaded query={journey} loading={<LoadingView />}>
      {(loaded) => <OpenJourney journey={loaded} />}
    </Loaded>
  );
}

function OpenJourney({ journey }: { journey: Journey }) {
  const { id, name, state, version, has_unpublished_changes } = journey;
  const graph = useWalkedGraph(journey);
  const unpublished = useUnpublished(id);
  const [tab, setTab] = useSearchState('tab', 'picture');
  const status = useJourneyStatus(id);
  const about = (
    <span className="flex flex-wrap items-center gap-2">
      <StateBadge state={status.data?.state ?? state} />
      {version && <span className="num text-ink-3 text-xs">Version {version}</span>}
      {version && has_unpublished_changes && (
        <span className="num text-warn text-xs">
          {unpublished > 0 ? count(unpublished, 'unpublished change') : 'Unpublished changes'}
        </span>
      )}
    </span>
  );
  return (
    <Page
      title={name}
      about={about}
      back={{ href: '/journeys', label: 'Journeys' }}
      actions={<Actions journey={journey} status={status.data} />}
    >
      <Numbers id={id} counts={status.data?.counts} />
      <MoveProgress id={id} />
      <Parked id={id} graph={graph} parked={status.data?.parked ?? []} />
      <Tabs label="Journey" tabs={TABS} value={tab} onValueChange={setTab}>
        <TabPanel value="picture" className="flex flex-1 flex-col outline-none">
          <Picture journeyId={id} graph={graph} />
        </TabPanel>
        <TabPanel value="people">
          <People journeyId={id} graph={graph} />
        </TabPanel>
        <TabPanel value="versions">
          <Versions journey={journey} />
        </TabPanel>
        <TabPanel value="settings">
          <JourneySettings journey={journey} />
        </TabPanel>
      </Tabs>
    </Page>
  );
}

function Actions({ journey, status }: { journey: Journey; status?: JourneyStatus }) {
  const [publishing, setPublishing] = useState(false);
  const { id, state, version, has_unpublished_changes } = journey;
  const mayPublish = state !== 'archived' && (version === null || has_unpublished_changes);
  return (
    <>
      {status?.temporal_ui_url && (
        <Button asChild className="max-sm:hidden">
          <a href={status.temporal_ui_url} target="_blank" rel="noreferrer">
            Temporal <ExternalLink />
          </a>
        </Button>
      )}
      {state !== 'archived' && (
        <Button asChild>
          <Link href={`/journeys/edit?id=${id}`}>
            <Pencil /> Edit
          </Link>
        </Button>
      )}
      {mayPublish && (
        <Button look="primary" onClick={() => setPublishing(true)}>
          <Rocket /> Publish
        </Button>
      )}
      <JourneyMenu journey={journey} />
      {publishing && <PublishDialog id={id} onClose={() => setPublishing(false)} />}
    </>
  );
}

function Numbers({ id, counts }: { id: string; counts?: JourneyStatus['counts'] }) {
  const people = (state?: string) => `/journeys/view?id=${id}&tab=people${state ? `&state=${state}` : ''}`;
  return (
    <div className="grid grid-cols-3 gap-x-6 gap-y-3 px-4 pb-4 sm:flex sm:overflow-x-auto sm:px-6">
      <Stat label="Entered" value={counts?.entered} href={people()} />
      <Stat label="Active" value={counts?.active} href={people('active')} />
      <Stat label="Completed" value={counts?.completed} href={people('completed')} />
      <Stat label="Exited" value={counts?.exited} href={people('exited')} />
      <Stat label="Failed" value={counts?.failed} href={people('failed')} />
      <Stat label="Converted" value={counts?.converted} href={people(CONVERTED)} />
    </div>
  );
}

function LoadingView() {
  return (
    <div role="status" aria-label="Loading" className="flex flex-1 flex-col gap-4 p-6">
      <Skeleton className="h-7 w-64" />
      <Skeleton className="h-11 w-96 max-w-full" />
      <Skeleton className="min-h-96 flex-1" />
    </div>
  );
}
