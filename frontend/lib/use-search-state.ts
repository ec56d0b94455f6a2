'use client';

import { useSearchParams } from 'next/navigation';

/** One value kept in the page's address, so that a link or the Back key brings it again. */
export function useSearchState(name: string, initial = ''): [string, (value: string) => void] {
  const params = useSearchParams();
  const set = (value: string) => {
    const next = new URLSearchParams(location.search);
    if (value === initial) next.delete(name);
    else next.set(name, value);
    // The page is the same one: its address changes at once, without asking the server for anything.
    history.replaceState(null, '', next.size ? `?${next}` : location.pathname);
  };
  return [params.get(name) ?? initial, set];
}
