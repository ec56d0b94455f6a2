import { CornerDownRight } from 'lucide-react';
import { NodeIcon } from '@/components/node-icon';
import type { Graph } from '@/lib/api/types';
import { type ListedStep, listSteps } from '@/lib/graph/steps';
import { summaryOf, titleOf } from '@/lib/nodes';
import { StepCounts } from './step-counts';

const INDENT_PX = 16;
const DEEPEST = 5;

function Step({ step: { node, depth, via, repeats }, journeyId }: { step: ListedStep; journeyId: string }) {
  return (
    <li style={{ marginLeft: Math.min(depth, DEEPEST) * INDENT_PX }}>
      {via && (
        <p className="flex items-center gap-1 py-1 text-2xs text-ink-3">
          <CornerDownRight aria-hidden className="size-3" /> {via}
        </p>
      )}
      {repeats ? (
        <p className="rounded-lg border border-dashed px-3 py-2 text-ink-3 text-xs">On to “{titleOf(node)}”</p>
      ) : (
        <div className="overflow-hidden rounded-lg border bg-surface shadow-node">
          <div className="flex gap-3 px-3 py-2.5">
            <NodeIcon kind={node.type} />
            <div className="min-w-0">
              <p className="font-medium text-sm">{titleOf(node)}</p>
              <p className="text-ink-3 text-xs">{summaryOf(node)}</p>
            </div>
          </div>
          <StepCounts journeyId={journeyId} steps={{ all: [node.id], entrances: [node.id] }} />
        </div>
      )}
    </li>
  );
}

/** A journey to be read from top to bottom, where a picture would be too small. */
export function StepList({ journeyId, graph }: { journeyId: string; graph: Graph }) {
  return (
    <ol aria-label="Steps of the journey" className="grid gap-2 p-4">
      {listSteps(graph).map((step) => (
        <Step key={`${step.node.id} ${step.via ?? ''} ${step.repeats ?? ''}`} step={step} journeyId={journeyId} />
      ))}
    </ol>
  );
}
