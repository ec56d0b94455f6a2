'use client';

import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { GroupCard, GroupFrame } from '@/components/group-card';
import type { StepGroup } from '@/lib/api/types';
import type { Together } from '@/lib/graph/groups';
import { StepCounts } from './step-counts';

type GroupOnCanvas = Node<{ journeyId: string; group: StepGroup; steps: Together; onTurn(id: string): void }>;

/** Steps that are folded into one, with their numbers together. */
export const FoldedNode = memo(function FoldedNode({ id, data }: NodeProps<GroupOnCanvas>) {
  const { journeyId, group, steps, onTurn } = data;
  return (
    <GroupCard id={id} name={group.name} size={steps.all.length} onUnfold={() => onTurn(id)}>
      <Handle type="target" position={Position.Top} className="opacity-0" isConnectable={false} />
      <StepCounts journeyId={journeyId} steps={steps} />
      <Handle type="source" position={Position.Bottom} className="opacity-0" isConnectable={false} />
    </GroupCard>
  );
});

export const FrameNode = memo(function FrameNode({ id, data, width, height }: NodeProps<GroupOnCanvas>) {
  return <GroupFrame id={id} name={data.group.name} size={{ width, height }} onFold={() => data.onTurn(id)} />;
});
