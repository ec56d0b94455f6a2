'use client';

import { useEffect } from 'react';
import { useBuilderStore } from './context';
import { useSelectedStep } from './node-panel';

const stepInAddress = (): string | null => new URLSearchParams(location.search).get('step');

function addressWith(step: string | null): string {
  const params = new URLSearchParams(location.search);
  if (step) params.set('step', step);
  else params.delete('step');
  return `?${params}`;
}

/** Keeps the one selected step in the page's address: a link opens it, and the Back key closes its panel. */
export function useStepInAddress(): void {
  const store = useBuilderStore();
  const selected = useSelectedStep();
  useEffect(() => {
    const shown = stepInAddress();
    if (selected === shown) return;
    if (selected && !shown) history.pushState({ hasOpenedStep: true }, '', addressWith(selected));
    else if (!selected && history.state?.hasOpenedStep) history.back();
    else history.replaceState(history.state, '', addressWith(selected));
  }, [selected]);
  useEffect(() => {
    const follow = () => {
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
