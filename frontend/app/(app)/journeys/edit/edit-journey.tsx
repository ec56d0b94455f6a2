'use client';

import { Activity, FlaskConical } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useMemo } from 'react';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import { PublishDialog } from '@/features/journeys/lazy';
import { useJourneyStatus } from '@/features/journeys/queries';
import { StepCounts } from '@/features/journeys/step-counts';
import { Unpublished } from '@/features/journeys/unpublished';
import { useSimulation } from '@/features/simulate/use-simulation';
import type { Together } from '@/lib/graph/groups';
import { useSearchState } from '@/lib/use-search-state';

const SimulatePanel = dynamic(
  () => import('@/features/simulate/simulate-panel').then(({ SimulatePanel: panel }) => panel),
  { ssr: false },
);
const Builder = dynamic(() => import('@/features/builder/builder').then(({ Builder: builder }) => builder), {
  ssr: false,
});

/** The builder with what journeys have besides a drawing: live counts on it, and publishing. */
export function EditJourney() {
  const [id] = useSearchState('id');
  const [step] = useSearchState('step');
  const [counts, setCounts] = useSearchState('counts');
  const [mode, setMode] = useSearchState('mode');
  const simulation = useSimulation();
  const isSimulating = mode === 'simulate';
  const status = useJourneyStatus(id);
  const router = useRouter();
  const wasPublished = status.data?.version != null;
  const isShown = counts === 'on' && wasPublished;
  const live = useMemo(
    () => (isShown ? { strip: (steps: Together) => <StepCounts journeyId={id} steps={steps} /> } : {}),
    [id, isShown],
  );
  const endSimulation = () => {
    simulation.close();
    setMode('');
  };
  const simulate = (
    <Tooltip text={isSimulating ? 'End the simulation' : 'Simulate'}>
      <Button
        look={isSimulating ? 'secondary' : 'quiet'}
        size="icon"
        aria-label="Simulate"
        aria-pressed={isSimulating}
        onClick={() => (isSimulating ? endSimulation() : setMode('simulate'))}
      >
        <FlaskConical />
      </Button>
    </Tooltip>
  );
  const toggle = wasPublished && !isSimulating && (
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
      overlay={isSimulating ? simulation.overlay : live}
      tools={(publish) => (
        <>
          {wasPublished && !isSimulating && <Unpublished id={id} onShow={publish} />}
          {simulate}
          {toggle}
        </>
      )}
      aside={
        isSimulating
          ? (save) => <SimulatePanel id={id} simulation={simulation} save={save} onClose={endSimulation} />
          : undefined
      }
      start={mode === 'settings' ? mode : step}
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
