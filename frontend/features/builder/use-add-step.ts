'use client';

import { useReactFlow } from '@xyflow/react';
import { useCallback } from 'react';
import type { CanvasNode } from '@/lib/graph/canvas';
import { openOutlets } from '@/lib/graph/connect';
import { type Point, placeBelow } from '@/lib/graph/edit';
import { NODE_HEIGHT, NODE_WIDTH } from '@/lib/graph/layout';
import { bringIntoSight, paneInSight } from '@/lib/graph/sight';
import { useBuilderStore } from './context';
import { nodeIn } from './node-in';
import { type BuilderState, type Spot, selectedIds } from './store';
import { useSay } from './voice';

/** The one selected step's first way out that leads nowhere: what is added without pointing comes there. */
function openEnd(state: BuilderState): Spot | null {
  const [only, ...others] = selectedIds(state);
  if (!only || others.length) return null;
  const [outlet] = openOutlets(only, state, state.kinds);
  return outlet ? { source: only, sourceHandle: outlet } : null;
}

/** Adds a step at a spot, brings it into sight and says so. Without a spot, it follows the selected step. */
export function useAddStep() {
  const store = useBuilderStore();
  const flow = useReactFlow<CanvasNode>();
  const say = useSay();
  return useCallback(
    (kind: string, asked?: Spot) => {
      const state = store.getState();
      const isTrigger = state.kinds.get(kind)?.group === 'trigger';
      const wanted = isTrigger && asked && !('at' in asked) ? undefined : asked;
      const spot = wanted ?? (isTrigger ? null : openEnd(state)) ?? { at: centre(flow.screenToFlowPosition) };
      const place = 'at' in spot ? spot.at : 'source' in spot ? placeBelow(state, spot.source) : { x: 0, y: 0 };
      const id = state.add(kind, spot, place);
      if (!id) return say('This step cannot stand here');
      say('Added');
      requestAnimationFrame(() => bringIntoSight(nodeIn(store.getState().nodes, id), flow));
    },
    [store, flow, say],
  );
}

/** The place in the middle of what is seen, for a node as large as a step. */
function centre(toFlow: (screen: Point) => Point): Point {
  const pane = paneInSight();
  if (!pane) return { x: 0, y: 0 };
  const { x, y } = toFlow({ x: pane.left + pane.width / 2, y: pane.top + pane.height / 3 });
  return { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 };
}
