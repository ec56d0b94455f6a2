'use client';

import { useQueryClient } from '@tanstack/react-query';
import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import { settle } from '@/lib/after-paint';
import { api } from '@/lib/api/client';
import { isProblem } from '@/lib/api/problem';
import type { Journey } from '@/lib/api/types';
import { graphOf } from '@/lib/graph/canvas';
import { useBuilderStore } from './context';
import { byNode } from './faults';
import { pathOf, validate } from './queries';
import type { BuilderState } from './store';

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'offline' | 'conflict' | 'refused';

const REST_MS = 800;
const RETRY_MS = 5_000;

const contentOf = (state: BuilderState) => ({ graph: graphOf(state), settings: state.settings });

/** Saves the draft soon after each change, only on top of the revision it began with, and then has it checked. */
export function useAutosave({ id, draft_revision }: Journey) {
  const store = useBuilderStore();
  const cache = useQueryClient();
  const [state, setState] = useState<SaveState>('saved');
  const [reason, setReason] = useState<string>();
  const work = useRef({
    revision: draft_revision as number | null,
    saved: '',
    running: null as Promise<boolean> | null,
    save: async (): Promise<boolean> => false,
    timer: undefined as ReturnType<typeof setTimeout> | undefined,
  });

  const check = useCallback(async () => {
    const checked = await validate(id).catch(() => null);
    if (checked) store.getState().setFaults(byNode(checked));
  }, [id, store]);

  const saveOnce = useCallback(async (): Promise<boolean> => {
    const { current: job } = work;
    settle();
    clearTimeout(job.timer);
    const content = contentOf(store.getState());
    const text = JSON.stringify(content);
    if (text === job.saved) {
      setState('saved');
      return true;
    }
    setState('saving');
    const again = (ms: number) => {
      job.timer = setTimeout(() => void job.save(), ms);
    };
    try {
      const headers = job.revision === null ? undefined : { 'If-Match': `"${job.revision}"` };
      const saved = await api.patch<Journey>(pathOf(id), content, { headers });
      job.revision = saved.draft_revision;
      job.saved = text;
      const isBehind = JSON.stringify(contentOf(store.getState())) !== text;
      setState(isBehind ? 'unsaved' : 'saved');
      if (isBehind) again(0);
      cache.setQueryData(['/api/journeys', id], saved);
      void check();
      return !isBehind;
    } catch (error) {
      if (isProblem(error, 412) || isProblem(error, 409)) setState('conflict');
      else if (isProblem(error, 422) || isProblem(error, 400) || isProblem(error, 403) || isProblem(error, 413)) {
        setReason(error.message);
        setState('refused');
      } else {
        setState('offline');
        again(RETRY_MS);
      }
      return false;
    }
  }, [id, store, cache, check]);

  /** One after the other: whoever asks while one is under way, such as by publishing, waits for it and is not refused. */
  const save = useCallback(async (): Promise<boolean> => {
    const { current: job } = work;
    while (job.running) await job.running;
    job.running = saveOnce().finally(() => {
      job.running = null;
    });
    return job.running;
  }, [saveOnce]);

  useEffect(() => {
    const { current: job } = work;
    job.save = save;
    // What the canvas made of the graph is what was there: laying it out is no change of anybody's.
    job.saved ||= JSON.stringify(contentOf(store.getState()));
    void check();
    const stop = store.subscribe((now, before) => {
      const parts = ['nodes', 'edges', 'groups', 'settings'] as const;
      if (parts.every((part) => now[part] === before[part])) return;
      // Not while steps are only selected or moved: that leaves the history as it is.
      if (now.history !== before.history) startTransition(() => setState((is) => (is === 'saved' ? 'unsaved' : is)));
      clearTimeout(job.timer);
      job.timer = setTimeout(() => void save(), REST_MS);
    });
    const onLeave = (event: BeforeUnloadEvent) => {
      settle();
      if (JSON.stringify(contentOf(store.getState())) === job.saved) return;
      event.preventDefault();
      // While the browser asks, it is saved already.
      void save();
    };
    addEventListener('beforeunload', onLeave);
    return () => {
      stop();
      removeEventListener('beforeunload', onLeave);
      void save();
    };
  }, [store, save, check]);

  /** Ours instead of what somebody else saved meanwhile. */
  const overwrite = useCallback(() => {
    work.current.revision = null;
    return save();
  }, [save]);

  return { state, reason, save, overwrite, check };
}
