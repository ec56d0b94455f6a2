'use client';

import { Check, CloudOff, TriangleAlert } from 'lucide-react';
import { Spinner } from '@/components/ui/spinner';
import type { SaveState } from './use-autosave';

const WORDS: Record<SaveState, string> = {
  saved: 'Saved',
  unsaved: 'Saving…',
  saving: 'Saving…',
  offline: 'Offline, will retry',
  conflict: 'Changed elsewhere',
  refused: 'Not saved',
};

/** Whether what is seen here is what the server has. */
export function SavePill({ state }: { state: SaveState }) {
  const isBusy = state === 'saving' || state === 'unsaved';
  return (
    <span
      role="status"
      data-testid="save-state"
      className={`flex items-center gap-1 whitespace-nowrap text-xs [&>svg]:size-3.5 ${state === 'saved' || isBusy ? 'text-ink-3' : 'text-warn'}`}
    >
      {state === 'saved' && <Check aria-hidden />}
      {isBusy && <Spinner />}
      {state === 'offline' && <CloudOff aria-hidden />}
      {(state === 'conflict' || state === 'refused') && <TriangleAlert aria-hidden />}
      <span className={state === 'saved' ? 'max-sm:sr-only' : undefined}>{WORDS[state]}</span>
    </span>
  );
}
