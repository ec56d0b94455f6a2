'use client';

import { BaseEdge, type EdgeProps, getSmoothStepPath, useStore } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { memo, type ReactNode, useMemo } from 'react';
import { createPortal } from 'react-dom';
import { cn } from '@/lib/cn';
import type { CanvasEdge } from '@/lib/graph/canvas';
import { outletLabel } from '@/lib/nodes';
import { useBuilder, useBuilderStore } from './context';
import { nodeIn } from './node-in';
import { useOverlay } from './overlay';

const LABEL_AT = 0.75;
/** How far an edge goes straight before it turns: little, or it would go back on itself between steps that are close. */
const BEND_PX = 8;

/** Puts a label where React Flow has them; its own EdgeLabelRenderer seeks that place anew at each move of anything. */
function AboveEdges({ children }: { children: ReactNode }) {
  const root = useStore(({ domNode }) => domNode);
  const layer = useMemo(() => root?.querySelector('.react-flow__edgelabel-renderer'), [root]);
  return layer && createPortal(children, layer);
}

/** A way from one step to the next, named by its outlet; its "+" puts a step in between. */
export const StepEdge = memo(function StepEdge(edge: EdgeProps) {
  const { id, source, sourceHandleId, markerEnd, selected } = edge;
  const [path, , y] = getSmoothStepPath({ ...edge, borderRadius: 12, offset: BEND_PX });
  // Nearer to where it leads: several ways begin close to each other.
  const x = edge.sourceX + (edge.targetX - edge.sourceX) * LABEL_AT;
  // Where a group is folded, the edge begins at it, and still goes by the step that it leads from.
  const drawn = edge.data?.edge as CanvasEdge | undefined;
  const from = drawn?.source ?? source;
  const type = useBuilder(({ nodes }) => nodeIn(nodes, from)?.type);
  const data = useBuilder(({ nodes }) => nodeIn(nodes, from)?.data);
  const label = type && data && outletLabel({ id: from, type, data }, drawn ? drawn.sourceHandle : sourceHandleId);
  const isDragging = useBuilder(({ dragged }) => dragged !== null);
  const { lit } = useOverlay();
  const isLit = lit?.edges.has(id);
  const store = useBuilderStore();
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        markerEnd={markerEnd}
        interactionWidth={28}
        className={cn(
          (selected || isDragging || isLit) && 'stroke-accent!',
          isDragging && '[stroke-dasharray:4]',
          lit && !isLit && 'opacity-30',
        )}
      />
      <AboveEdges>
        <div
          data-drop={isDragging ? 'ok' : undefined}
          className="nodrag nopan pointer-events-auto absolute flex items-center gap-1"
          style={{ transform: `translate(-50%,-50%) translate(${x}px,${y}px)` }}
        >
          {label && (
            <span className="max-w-36 truncate rounded-full border bg-surface px-2 py-px font-medium text-2xs text-ink-2">
              {label}
            </span>
          )}
          <button
            type="button"
            data-edge={id}
            aria-label="Insert a step here"
            onClick={({ clientX, clientY }) =>
              store.getState().ask({ spot: { edge: id }, screen: { x: clientX, y: clientY } })
            }
            className="grid size-5 place-items-center rounded-full border border-line-strong bg-surface text-ink-3 opacity-70 transition-opacity hover:border-accent hover:text-accent hover:opacity-100 focus-visible:opacity-100 pointer-coarse:size-8"
          >
            <Plus className="size-3" />
          </button>
        </div>
      </AboveEdges>
    </>
  );
});
