'use client';

import { Activity } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useMemo } from 'react';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import { PublishDialog } from '@/features/journeys/publish-dialog';
import { useJourneyStatus } from '@/features/journeys/queries';
import { StepCounts } from '@/features/journeys/step-counts';
import { useSearchState } from '@/lib/use-search-state';

const Builder = dynamic(() => import('@/features/builder/builder').then(({ Builder: builder }) => builder), {
  ssr: false,
});

/** The builder with what journeys have besides a drawing: live counts on it, and publishing. */
export function EditJourney() {
  const [id] = useSearchState('id');
  const [node] = useSearchState('node');
  const [counts, setCounts] = useSearchState('counts');
  const status = useJourneyStatus(id);
  const router = useRouter();
  const wasPublished = status.data?.version != null;
  const isShown = counts === 'on' && wasPublished;
  const overlay = useMemo(
    () => (isShown ? { strip: (nodeId: string) => <StepCounts journeyId={id} nodeId={nodeId} /> } : {}),
    [id, isShown],
  );
  const toggle = wasPublished && (
    <Tooltip text={isShown ? 'Hide the live counts' : 'Show the live counts'}>
      <Button
        look={isShown ? 'secondary' : 'quiet'}
        size="icon"
        aria-label="Live counts"
        aria-pressed={isShown}
        onClick={() => setCounts(isShown ? '' : 'on')}
      >
        <Activity />
      </Button>
    </Tooltip>
  );
  return (
    <Builder
      id={id}
      overlay={overlay}
      tools={toggle}
      start={node}
      publish={(close, show) => (
        <PublishDialog
          id={id}
          onClose={close}
          onShow={show}
          onPublished={() => router.push(`/journeys/view?id=${id}`)}
        />
      )}
    />
  );
}
