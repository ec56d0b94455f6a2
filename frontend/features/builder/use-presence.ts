'use client';

import { useCallback, useEffect, useMemo, useRef } from 'react';
import { createStore, useStore } from 'zustand';
import type { Point } from '@/lib/graph/edit';
import { heard, type Others, type Someone, stillHere } from '@/lib/live/presence';
import { follow, onLiveState, onPresence, say } from '@/lib/live/socket';
import { throttle } from '@/lib/throttle';
import { useBuilderStore } from './context';
import { selectedIds } from './store';

const POINT_MS = 80;
const STILL_HERE_MS = 8_000;
const MOST_SELECTED = 20;

export const othersStore = createStore<{ others: Others }>(() => ({ others: new Map() }));

export const useOthers = <T>(select: (others: Others) => T): T => useStore(othersStore, ({ others }) => select(others));

/** Tells the others at this journey where we point and what we have selected, and hears the same of them. */
export function usePresence(journeyId: string): (at: Point | null) => void {
  const store = useBuilderStore();
  const topic = `journey:${journeyId}`;
  const cursor = useRef<Point | null>(null);
  const tell = useMemo(
    () =>
      throttle(() => {
        const selection = selectedIds(store.getState()).slice(0, MOST_SELECTED);
        say({ presence: { topic, selection, cursor: cursor.current } });
      }, POINT_MS),
    [store, topic],
  );

  useEffect(() => {
    const unfollow = follow(topic, () => {});
    const stopHearing = onPresence(({ topic: where, data }) => {
      if (where !== topic) return;
      const someone = data as Someone;
      const { others } = othersStore.getState();
      // Whoever is new does not know of us yet.
      if (someone.here && !others.has(someone.socket_id)) tell();
      othersStore.setState({ others: heard(others, someone, Date.now()) });
    });
    let selection = '';
    const stopWatching = store.subscribe((state) => {
      const now = selectedIds(state).join(' ');
      if (now !== selection) tell();
      selection = now;
    });
    const stopState = onLiveState(tell);
    const timer = setInterval(() => {
      tell();
      othersStore.setState(({ others }) => ({ others: stillHere(others, Date.now()) }));
    }, STILL_HERE_MS);
    tell();
    return () => {
      clearInterval(timer);
      stopState();
      stopWatching();
      stopHearing();
      tell.cancel();
      say({ presence: { topic, here: false } });
      unfollow();
      othersStore.setState({ others: new Map() });
    };
  }, [store, topic, tell]);

  return useCallback(
    (at: Point | null) => {
      cursor.current = at && { x: Math.round(at.x), y: Math.round(at.y) };
      tell();
    },
    [tell],
  );
}
