'use client';

import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { NodeIcon } from '@/components/node-icon';
import type { GraphNode } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { isTrigger, summaryOf, titleOf } from '@/lib/nodes';
import { useStepCounts } from './queries';
import { StepCounts } from './step-counts';

export type NodeOnCanvas = Node<{ node: GraphNode; journeyId: string }, 'step'>;

/** One step on the canvas. Where people wait, it glows. */
export const StepNode = memo(function StepNode({ data: { node, journeyId } }: NodeProps<NodeOnCanvas>) {
  const steps = { all: [node.id], entrances: [node.id] };
  const waiting = useStepCounts(journeyId, steps)?.waiting ?? 0;
  return (
    <div
      data-testid={`step-${node.id}`}
      className={cn(
        'w-60 cursor-default overflow-hidden rounded-lg border bg-surface text-left shadow-node transition-shadow',
        waiting > 0 && 'border-accent/60 shadow-[0_0_0_3px_color-mix(in_oklab,var(--accent)_14%,transparent)]',
      )}
    >
      {!isTrigger(node) && <Handle type="target" position={Position.Top} className="opacity-0" isConnectable={false} />}
      <div className="flex items-start gap-2.5 px-3 py-2.5">
        <NodeIcon kind={node.type} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium text-sm">{titleOf(node)}</p>
          <p title={summaryOf(node)} className="truncate text-ink-3 text-xs">
            {summaryOf(node)}
          </p>
        </div>
      </div>
      <StepCounts journeyId={journeyId} steps={steps} />
      <Handle type="source" position={Position.Bottom} className="opacity-0" isConnectable={false} />
    </div>
  );
});
