'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { Together } from '@/lib/graph/groups';

/** What is laid over the drawing: numbers on each step, or the paths that somebody would take. */
export interface Overlay {
  /** Shown at the foot of every step, such as its live counts; of several that are folded into one, their sums. */
  strip?(steps: Together): ReactNode;
  /** The steps and edges that are lit; all others step back. */
  lit?: { nodes: ReadonlySet<string>; edges: ReadonlySet<string> };
}

const Context = createContext<Overlay>({});

export const OverlayProvider = Context.Provider;
export const useOverlay = (): Overlay => useContext(Context);
