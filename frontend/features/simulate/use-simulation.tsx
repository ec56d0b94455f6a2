'use client';

import { useMemo, useState } from 'react';
import type { Graph, SimulationResult } from '@/lib/api/types';
import type { Together } from '@/lib/graph/groups';
import { litAt, momentsOf, standingOf, standingsAt } from '@/lib/simulation/replay';
import { Strip } from './strip';

/** The outcome that is looked at, the graph that it is of, the moment, and whose path is lit. */
interface Shown {
  result: SimulationResult;
  graph: Graph;
  moments: number[];
  index: number;
  person?: string;
}

/** A simulation on the canvas: what is shown of it, and what that lays over the drawing. */
export function useSimulation() {
  const [shown, setShown] = useState<Shown | null>(null);
  const overlay = useMemo(() => {
    if (!shown) return {};
    const { result, graph, moments, index, person } = shown;
    const at = moments[index] ?? 0;
    const standings = standingsAt(result, graph, at);
    return {
      strip: (steps: Together) => <Strip standing={standingOf(standings, steps)} />,
      lit: litAt(result, graph, at, person),
    };
  }, [shown]);
  return {
    shown,
    overlay,
    open: (result: SimulationResult, graph: Graph) => {
      const moments = momentsOf(result);
      setShown({ result, graph, moments, index: Math.max(0, moments.length - 1) });
    },
    put: (part: Partial<Shown>) => setShown((before) => before && { ...before, ...part }),
    close: () => setShown(null),
  };
}

export type Simulation = ReturnType<typeof useSimulation>;
