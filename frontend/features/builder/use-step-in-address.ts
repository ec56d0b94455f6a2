'use client';

import { useEffect, useRef } from 'react';
import { useBuilderStore } from './context';

/** Writing an address holds the page up for a frame, which the one that shows the step should not wait for. */
const REST_MS = 100;

const stepInAddress = (): string | null => new URLSearchParams(location.search).get('step');

function addressWith(step: string | null): string {
  const params = new URLSearchParams(location.search);
  if (step) params.set('step', step);
  else params.delete('step');
  return `?${params}`;
}

/** Writes the step into the address; says whether that is under way, by going back to the page without one. */
function tell(open: string | null): boolean {
  const shown = stepInAddress();
  if (open === shown) return false;
  if (!open && history.state?.hasOpenedStep) {
    history.back();
    return true;
  }
  if (open && !shown) history.pushState({ hasOpenedStep: true }, '', addressWith(open));
  else history.replaceState(history.state, '', addressWith(open));
  return false;
}

/** Keeps the open step in the page's address: a link opens it, and the Back key closes its panel. */
export function useStepInAddress(open: string | null): void {
  const store = useBuilderStore();
  const latest = useRef(open);
  const isLeaving = useRef(false);
  useEffect(() => {
    latest.current = open;
    const timer = setTimeout(() => {
      if (!isLeaving.current) isLeaving.current = tell(open);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [open]);
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
