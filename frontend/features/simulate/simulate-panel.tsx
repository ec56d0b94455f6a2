'use client';

import { X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import type { Journey } from '@/lib/api/types';
import { Earlier } from './earlier';
import { Outcome } from './outcome';
import { useSimulate, useSimulatedJourney } from './queries';
import { newWish } from './request';
import { Setup } from './setup';
import type { Simulation } from './use-simulation';

interface Props {
  id: string;
  simulation: Simulation;
  /** Saves what is drawn; false where that failed. */
  save(): Promise<boolean>;
  onClose(): void;
}

/** Tries the draft beside the canvas: what to try, and then what came of it. */
export function SimulatePanel({ id, ...props }: Props) {
  const journey = useSimulatedJourney(id);
  return (
    <aside
      aria-label="Simulation"
      className="flex shrink-0 flex-col bg-surface max-sm:h-[60%] max-sm:border-t sm:w-104 sm:animate-slide sm:border-l"
    >
      <header className="flex items-center gap-3 border-b px-4 py-2.5">
        <h2 className="flex-1 font-semibold">Simulation</h2>
        <Button look="quiet" size="icon" aria-label="Close the simulation" onClick={props.onClose}>
          <X />
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">
        <Loaded query={journey}>{(loaded) => <Content journey={loaded} {...props} />}</Loaded>
      </div>
    </aside>
  );
}

function Content({ journey, simulation, save }: Omit<Props, 'id' | 'onClose'> & { journey: Journey }) {
  const { id, graph } = journey;
  const [wish, setWish] = useState(() => newWish(graph));
  const run = useSimulate(id);
  const { shown, open, put, close } = simulation;
  const begin = async () => {
    if (!(await save())) return;
    run.mutate(wish, { onSuccess: ({ result, graph: simulated }) => open(result, simulated) });
  };
  if (shown) {
    return (
      <Outcome {...shown} onTime={(index) => put({ index })} onPerson={(person) => put({ person })} onAgain={close} />
    );
  }
  return (
    <div className="grid gap-5">
      <Setup
        wish={wish}
        put={(part) => setWish((before) => ({ ...before, ...part }))}
        graph={graph}
        busy={run.isPending}
        error={run.error}
        onRun={() => void begin()}
      />
      <Earlier id={id} onOpen={(result) => open(result, graph)} />
    </div>
  );
}
