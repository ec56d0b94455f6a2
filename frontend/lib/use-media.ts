'use client';

import { useSyncExternalStore } from 'react';

/** Whether the window matches a media query; `false` while the server renders. */
export function useMedia(query: string): boolean {
  const subscribe = (listener: () => void) => {
    const list = matchMedia(query);
    list.addEventListener('change', listener);
    return () => list.removeEventListener('change', listener);
  };
  return useSyncExternalStore(
    subscribe,
    () => matchMedia(query).matches,
    () => false,
  );
}

export const PHONE = '(max-width: 639px)';
