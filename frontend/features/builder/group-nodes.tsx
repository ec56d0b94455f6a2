'use client';

import { Handle, type NodeProps, Position } from '@xyflow/react';
import { CircleAlert } from 'lucide-react';
import { memo } from 'react';
import { GroupCard, GroupFrame } from '@/components/group-card';
import type { StepGroup } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import type { CanvasNode } from '@/lib/graph/canvas';
import { together } from '@/lib/graph/groups';
import { useBuilder, useBuilderStore } from './context';
import { useOverlay } from './overlay';

/** Steps that are folded into one. */
export const FoldedNode = memo(function FoldedNode({ id, data, selected }: NodeProps<CanvasNode>) {
  const { name, nodes } = data.group as StepGroup;
  const store = useBuilderStore();
  const edges = useBuilder((state) => state.edges);
  const faults = useBuilder((state) => nodes.reduce((sum, step) => sum + (state.faults[step]?.length ?? 0), 0));
  const { strip, lit } = useOverlay();
  return (
    <GroupCard
      id={id}
      name={name}
      size={nodes.length}
      onUnfold={() => store.getState().toggleGroup(id)}
      className={cn(
        selected && 'border-accent ring-3 ring-accent/22',
        faults > 0 && !selected && 'border-bad/60',
        lit && !nodes.some((step) => lit.nodes.has(step)) && 'opacity-45',
      )}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} className="opacity-0" />
      {faults > 0 && (
        <p className="absolute top-8 right-3 flex items-center gap-1 text-bad text-xs">
          <CircleAlert aria-hidden className="size-3.5" /> {faults} unfinished
        </p>
      )}
      {strip?.(together(data.group as StepGroup, edges))}
      <Handle type="source" position={Position.Bottom} isConnectable={false} className="opacity-0" />
    </GroupCard>
  );
});

/** The frame around the steps of a group: its name selects and moves them all, a button folds them into one. */
export const FrameNode = memo(function FrameNode({ id, data, width, height }: NodeProps<CanvasNode>) {
  const { name, nodes } = data.group as StepGroup;
  const store = useBuilderStore();
  return (
    <GroupFrame
      id={id}
      name={name}
      size={{ width, height }}
      onFold={() => store.getState().toggleGroup(id)}
      onSelect={() => store.getState().select(nodes)}
    />
  );
});
