'use client';

import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { throttle } from '@/lib/throttle';
import { follow, type LiveState, liveState, onLiveState } from './socket';

/** Numbers that change faster than this cannot be read anyway. */
const REFRESH_MS = 500;

/** Refetches the queries under `key` when the topic changes, at most twice a second. */
export function useLiveQueries(topic: string | null, key: QueryKey): void {
  const cache = useQueryClient();
  const keyText = JSON.stringify(key);
  useEffect(() => {
    if (!topic) return;
    const refresh = throttle(
      () => void cache.invalidateQueries({ queryKey: JSON.parse(keyText) as QueryKey }),
      REFRESH_MS,
    );
    const stop = follow(topic, refresh);
    return () => {
      stop();
      refresh.cancel();
    };
  }, [cache, topic, keyText]);
}

export const useLiveState = (): LiveState => useSyncExternalStore(onLiveState, liveState, () => 'idle');
