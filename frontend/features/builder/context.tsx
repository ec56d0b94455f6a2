'use client';

import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { BuilderState, BuilderStore } from './store';

const Context = createContext<BuilderStore | null>(null);

export const BuilderProvider = ({ store, children }: { store: BuilderStore; children: ReactNode }) => (
  <Context value={store}>{children}</Context>
);

/** The store itself, for those who act and do not show. */
export function useBuilderStore(): BuilderStore {
  const store = useContext(Context);
  if (!store) throw new Error('There is no builder around this component');
  return store;
}

/** A part of the draft; the component is drawn again when just this part changes. */
export const useBuilder = <T,>(select: (state: BuilderState) => T): T => useStore(useBuilderStore(), select);

/** The same for several values at once, compared one by one. */
export const useBuilderParts = <T,>(select: (state: BuilderState) => T): T =>
  useStore(useBuilderStore(), useShallow(select));
