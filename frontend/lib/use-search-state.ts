'use client';

import { useRouter, useSearchParams } from 'next/navigation';

/** One value kept in the page's address, so that a link or the Back key brings it again. */
export function useSearchState(name: string, initial = ''): [string, (value: string) => void] {
  const params = useSearchParams();
  const router = useRouter();
  const set = (value: string) => {
    const next = new URLSearchParams(params);
    if (value === initial) next.delete(name);
    else next.set(name, value);
    router.replace(`?${next}`, { scroll: false });
  };
  return [params.get(name) ?? initial, set];
}
