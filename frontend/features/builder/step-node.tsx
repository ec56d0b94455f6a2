'use client';

import { Handle, type NodeProps, Position } from '@xyflow/react';
import { CircleAlert, Plus } from 'lucide-react';
import { memo } from 'react';
import { NodeIcon } from '@/components/node-icon';
import { Tooltip } from '@/components/ui/tooltip';
import { cn } from '@/lib/cn';
import type { CanvasEdge, CanvasNode } from '@/lib/graph/canvas';
import { isTriggerKind } from '@/lib/graph/connect';
import { NODE_WIDTH } from '@/lib/graph/layout';
import { descriptorOf, outletLabel } from '@/lib/nodes';
import { isOptional, outletsOf } from '@/lib/nodes/schema';
import { useBuilder, useBuilderStore } from './context';
import { inWords } from './faults';
import { useOverlay } from './overlay';

const drawn = new WeakMap<CanvasEdge[], Map<string, string>>();

/** The ways out of a step that are drawn, as text, so that it is the same until one of them changes. */
function drawnFrom(edges: CanvasEdge[], id: string): string {
  let bySource = drawn.get(edges);
  if (!bySource) {
    bySource = new Map();
    for (const { source, sourceHandle } of edges) bySource.set(source, `${bySource.get(source) ?? ''}${sourceHandle} `);
    drawn.set(edges, bySource);
  }
  return bySource.get(id) ?? '';
}

/** A step looks the same wherever it stands, so it is not drawn anew while it is moved. */
const looksSame = (a: NodeProps<CanvasNode>, b: NodeProps<CanvasNode>): boolean =>
  a.id === b.id && a.type === b.type && a.data === b.data && a.selected === b.selected;

/** One step on the canvas: what it does, its ways out, and what is wrong with it. */
export const StepNode = memo(function StepNode({ id, type, data, selected }: NodeProps<CanvasNode>) {
  const kind = useBuilder(({ kinds }) => kinds.get(type));
  const ways = useBuilder(({ edges }) => drawnFrom(edges, id)).split(' ');
  const faults = useBuilder((state) => state.faults[id]);
  const dragged = useBuilder((state) => state.dragged);
  const { strip, lit } = useOverlay();
  const outlets = outletsOf({ type, data }, kind);
  const { title, summary } = descriptorOf(type, kind);
  const about = summary(data);
  const node = { id, type, data };
  const open = outlets.filter((outlet) => !ways.includes(outlet));
  const takesDrop = dragged !== null && open.length > 0 && !dragged.endsWith('_trigger');
  return (
    <div
      data-testid={`step-${id}`}
      data-kind={type}
      data-drop={takesDrop ? 'ok' : undefined}
      className={cn(
        'group/step relative w-60 rounded-lg border bg-surface text-left shadow-node',
        selected && 'border-accent shadow-[0_0_0_3px_color-mix(in_oklab,var(--accent)_22%,transparent)]',
        faults && !selected && 'border-bad/60',
        takesDrop && 'border-accent border-dashed',
        lit && (lit.nodes.has(id) ? 'border-accent ring-2 ring-accent/30' : 'opacity-45'),
      )}
    >
      {!isTriggerKind(kind) && <Handle type="target" position={Position.Top} className="builder-handle" />}
      <div className="flex items-start gap-2.5 px-3 py-2.5">
        <NodeIcon kind={type} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium text-sm">{data.label || title}</p>
          <p title={about} className="line-clamp-2 text-ink-3 text-xs">
            {about}
          </p>
        </div>
        {faults && (
          <Tooltip text={faults.map((fault) => inWords(fault, node)).join(' ')}>
            <span
              role="img"
              aria-label={`Unfinished: ${faults.map((fault) => inWords(fault, node)).join(' ')}`}
              className="text-bad"
            >
              <CircleAlert className="size-4" />
            </span>
          </Tooltip>
        )}
      </div>
      {strip?.({ all: [id], entrances: [id] })}
      {outlets.map((outlet, index) => (
        <Outlet
          key={outlet}
          id={id}
          outlet={outlet}
          label={outletLabel(node, outlet)}
          left={placeOf(outlets, index)}
          isOpen={open.includes(outlet)}
          isQuiet={isOptional(outlet) && !selected}
          room={NODE_WIDTH / (outlets.length + 1)}
          showLabel={isOptional(outlet) || outlets.filter((each) => !isOptional(each)).length > 1}
        />
      ))}
    </div>
  );
}, looksSame);

/** Where a way out begins, in percent of the width: the usual way in the middle, those that nobody need draw beside it. */
function placeOf(outlets: string[], index: number): number {
  const [usual = '', ...others] = outlets;
  if (others.length > 0 && !isOptional(usual) && others.every(isOptional)) {
    return index === 0 ? 50 : 50 + (index * 50) / (others.length + 0.6);
  }
  return ((index + 1) / (outlets.length + 1)) * 100;
}

interface OutletProps {
  id: string;
  outlet: string;
  label?: string;
  /** Where along the lower edge, in percent. */
  left: number;
  isOpen: boolean;
  /** Need not lead anywhere, so it stays out of the way. */
  isQuiet: boolean;
  showLabel: boolean;
  /** How wide its name may be without touching the next one's. */
  room: number;
}

/** A way out: a handle to pull an edge from, and, while it leads nowhere, a button that adds what comes next. */
function Outlet({ id, outlet, label, left, isOpen, isQuiet, showLabel, room }: OutletProps) {
  const store = useBuilderStore();
  return (
    <>
      <Handle
        id={outlet}
        type="source"
        position={Position.Bottom}
        style={{ left: `${left}%` }}
        className={cn('builder-handle', isQuiet && isOpen && 'opacity-0 group-hover/step:opacity-100')}
      />
      {isOpen && (
        <div
          style={{ left: `${left}%` }}
          className={cn(
            'nodrag nopan absolute top-full z-10 mt-3 flex -translate-x-1/2 flex-col items-center gap-1',
            isQuiet && 'opacity-0 focus-within:opacity-100 group-hover/step:opacity-100',
          )}
        >
          {showLabel && (
            <span
              style={{ maxWidth: room }}
              className="truncate whitespace-nowrap rounded bg-sunken px-1 text-2xs text-ink-2"
            >
              {label ?? outlet}
            </span>
          )}
          <button
            type="button"
            aria-label={`Add a step after ${label ? `“${label}”` : 'this'}`}
            onClick={({ clientX, clientY }) =>
              store.getState().ask({ spot: { source: id, sourceHandle: outlet }, screen: { x: clientX, y: clientY } })
            }
            className="grid size-6 place-items-center rounded-full border border-line-strong border-dashed bg-surface text-ink-3 hover:border-accent hover:border-solid hover:text-accent pointer-coarse:size-9"
          >
            <Plus className="size-3.5" />
          </button>
        </div>
      )}
    </>
  );
}
