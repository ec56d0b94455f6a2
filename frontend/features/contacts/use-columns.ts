'use client';

import { useState } from 'react';
import type { ContactView } from '@/lib/api/types';
import { FIRST_COLUMNS } from './columns';

const KEY = 'contact-columns';

function remembered(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return Array.isArray(stored) ? stored.filter((key) => typeof key === 'string') : FIRST_COLUMNS;
  } catch {
    return FIRST_COLUMNS;
  }
}

/** Which columns are shown: those of the open view, else what this browser showed last. */
export function useColumns(view: ContactView | undefined): [string[], (columns: string[]) => void] {
  const [chosen, setChosen] = useState<string[] | null>(null);
  const set = (columns: string[]) => {
    setChosen(columns);
    localStorage.setItem(KEY, JSON.stringify(columns));
  };
  return [chosen ?? (view?.columns.length ? view.columns : remembered()), set];
}
