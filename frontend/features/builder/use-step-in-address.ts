'use client';

import { useEffect, useRef } from 'react';
import { useBuilderStore } from './context';
import { useSelectedStep } from './node-panel';

const stepInAddress = (): string | null => new URLSearchParams(location.search).get('step');

function addressWith(step: string | null): string {
  const params = new URLSearchParams(location.search);
  if (step) params.set('step', step);
  else params.delete('step');
  return `?${params}`;
}

/** Writes the step into the address; says whether that is under way, by going back to the page without one. */
function tell(selected: string | null): boolean {
  const shown = stepInAddress();
  if (selected === shown) return false;
  if (!selected && history.state?.hasOpenedStep) {
    history.back();
    return true;
  }
  if (selected && !shown) history.pushState({ hasOpenedStep: true }, '', addressWith(selected));
  else history.replaceState(history.state, '', addressWith(selected));
  return false;
}

/** Keeps the one selected step in the page's address: a link opens it, and the Back key closes its panel. */
export function useStepInAddress(): void {
  const store = useBuilderStore();
  const selected = useSelectedStep();
  const latest = useRef(selected);
  const isLeaving = useRef(false);
  useEffect(() => {
    latest.current = selected;
    if (!isLeaving.current) isLeaving.current = tell(selected);
  }, [selected]);
  useEffect(() => {
    const follow = () => {
      if (isLeaving.current) {
        // We went back ourselves; by now another step may have been selected.
        isLeaving.current = tell(latest.current);
        return;
      }
      const step = stepInAddress();
      const { nodes, select } = store.getState();
      const [only, ...others] = nodes.filter((node) => node.selected);
      if (step) select([step]);
      else if (only && others.length === 0) select([]);
    };
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, [store]);
}
