'use client';

import { useReactFlow } from '@xyflow/react';
import { memo, type PointerEvent, useMemo, useState } from 'react';
import { NodeIcon } from '@/components/node-icon';
import { isTriggerKind, openOutlets } from '@/lib/graph/connect';
import type { Point } from '@/lib/graph/edit';
import { NODE_HEIGHT, NODE_WIDTH } from '@/lib/graph/layout';
import { useBuilder, useBuilderStore } from './context';
import { StepPicker } from './step-picker';
import { type BuilderState, type Spot, titleOfKind } from './store';
import { useAddStep } from './use-add-step';

const THRESHOLD_PX = 6;
const EDGE_PX = 48;
const SCROLL_PX = 12;

/** What lies under the pointer: an edge to stand in, a step to follow, or a free place. Nothing outside the canvas. */
function spotAt(kind: string, screen: Point, state: BuilderState, toFlow: (screen: Point) => Point): Spot | null {
  const under = document.elementsFromPoint(screen.x, screen.y);
  if (!under.some((element) => element.closest('.react-flow'))) return null;
  const { x, y } = toFlow(screen);
  const free = { at: { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 } };
  if (isTriggerKind(state.kinds.get(kind))) return free;
  const step = under.map((element) => element.closest<HTMLElement>('.react-flow__node')?.dataset.id).find(Boolean);
  const [open] = step ? openOutlets(step, state, state.kinds) : [];
  if (step && open) return { source: step, sourceHandle: open };
  const edge = under
    .map(
      (element) =>
        element.closest('.react-flow__edge')?.getAttribute('data-id') ??
        element.querySelector<HTMLElement>('[data-edge]')?.dataset.edge,
    )
    .find(Boolean);
  if (edge && state.edges.some(({ id }) => id === edge)) return { edge };
  return free;
}

interface Ghost extends Point {
  kind: string;
}

/** Pulling a step out of the list: legal places light up, the border scrolls, letting go adds it there. */
function usePull(onMove: (ghost: Ghost | null) => void) {
  const store = useBuilderStore();
  const flow = useReactFlow();
  const add = useAddStep();

  /** At the border the canvas moves on under the pointer. */
  const scrollNear = ({ x, y }: Point) => {
    const pane = document.querySelector('.react-flow')?.getBoundingClientRect();
    if (!pane || x < pane.left) return;
    const dx = x > pane.right - EDGE_PX ? -SCROLL_PX : x < pane.left + EDGE_PX ? SCROLL_PX : 0;
    const dy = y > pane.bottom - EDGE_PX ? -SCROLL_PX : y < pane.top + EDGE_PX ? SCROLL_PX : 0;
    const { x: left, y: top, zoom } = flow.getViewport();
    if (dx || dy) void flow.setViewport({ x: left + dx, y: top + dy, zoom });
  };

  return (kind: string, from: Point) => {
    const listening = new AbortController();
    let moved = false;
    const move = ({ clientX: x, clientY: y }: globalThis.PointerEvent) => {
      if (!moved && Math.hypot(x - from.x, y - from.y) < THRESHOLD_PX) return;
      if (!moved) store.getState().setDragged(kind);
      moved = true;
      onMove({ kind, x, y });
      scrollNear({ x, y });
    };
    const end = () => {
      listening.abort();
      onMove(null);
      store.getState().setDragged(null);
    };
    const drop = ({ clientX: x, clientY: y }: globalThis.PointerEvent) => {
      end();
      const spot = moved ? spotAt(kind, { x, y }, store.getState(), flow.screenToFlowPosition) : null;
      if (spot) add(kind, spot);
    };
    addEventListener('pointermove', move, listening);
    addEventListener('pointerup', drop, listening);
    addEventListener('pointercancel', end, listening);
  };
}

/** The steps there are, beside the canvas: a click adds one, a pull places one. Works with mouse, pen and finger. */
export const Palette = memo(function Palette() {
  const kinds = useBuilder((state) => state.kinds);
  const all = useMemo(() => [...kinds.values()], [kinds]);
  const add = useAddStep();
  const [ghost, setGhost] = useState<Ghost | null>(null);
  const pull = usePull(setGhost);
  const dragOut = (kind: string) => ({
    onPointerDown: ({ button, clientX, clientY }: PointerEvent<HTMLElement>) => {
      if (button === 0) pull(kind, { x: clientX, y: clientY });
    },
  });
  return (
    <aside aria-label="Steps" className="flex w-60 shrink-0 flex-col border-r bg-surface">
      <StepPicker kinds={all} dragOut={dragOut} onPick={(kind) => add(kind)} className="h-full" />
      {ghost && (
        <div
          className="pointer-events-none fixed z-50 flex w-60 -translate-x-1/2 -translate-y-1/2 items-center gap-2.5 rounded-lg border border-accent bg-surface px-3 py-2.5 text-sm opacity-90 shadow-float"
          style={{ left: ghost.x, top: ghost.y }}
        >
          <NodeIcon kind={ghost.kind} />
          {titleOfKind(ghost.kind, kinds)}
        </div>
      )}
    </aside>
  );
});
