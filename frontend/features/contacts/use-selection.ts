'use client';

import { useState } from 'react';
import type { Contact } from '@/lib/api/types';

/** Who is chosen: some by name, or all that the search finds, also those not yet read. */
export interface Selection {
  ids: ReadonlySet<string>;
  all: boolean;
  has(id: string): boolean;
  toggle(id: string): void;
  /** Chooses all rows in sight, or none. */
  toggleSeen(): void;
  takeAll(): void;
  clear(): void;
  seenCount: number;
}

const NOBODY: ReadonlySet<string> = new Set();

/** A selection that ends when the search changes: nobody unseen may stay in it. */
export function useSelection(search: string, seen: Contact[] = []): Selection {
  const [state, setState] = useState({ search, ids: NOBODY, all: false });
  const { ids, all } = state.search === search ? state : { ids: NOBODY, all: false };
  const set = (next: ReadonlySet<string>, isAll = false) => setState({ search, ids: next, all: isAll });
  return {
    ids,
    all,
    seenCount: seen.length,
    has: (id) => all || ids.has(id),
    toggle: (id) => {
      const next = new Set(all ? seen.map((contact) => contact.id) : ids);
      if (!next.delete(id)) next.add(id);
      set(next);
    },
    toggleSeen: () => set(all || ids.size === seen.length ? NOBODY : new Set(seen.map((contact) => contact.id))),
    takeAll: () => set(ids, true),
    clear: () => set(NOBODY),
  };
}
