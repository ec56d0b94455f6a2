'use client';

import { NodeIcon } from '@/components/node-icon';
import { Badge } from '@/components/ui/badge';
import { Failure } from '@/components/ui/failure';
import { Skeleton } from '@/components/ui/skeleton';
import { Tooltip } from '@/components/ui/tooltip';
import type { Graph, TraceStep } from '@/lib/api/types';
import { formatElapsed } from '@/lib/duration';
import { formatDateTime, formatDay, formatMoment, formatValue, humanize } from '@/lib/format';
import { outletLabel, summaryOf } from '@/lib/nodes';
import { useDrawnJourney, useTrace } from './queries';

/** One person's path through one journey: each step with its time, what it saw, which way it chose and why. */
export function Trace({ enrollmentId }: { enrollmentId: string }) {
  const trace = useTrace(enrollmentId);
  const journey = useDrawnJourney(trace.data?.journey_id);
  if (trace.error) return <Failure error={trace.error} onRetry={() => void trace.refetch()} />;
  if (!trace.data) return <Skeleton className="m-4 h-32" />;
  const { trace: steps } = trace.data;
  if (steps.length === 0) return <p className="p-4 text-ink-3 text-sm">Entered, and about to take the first step.</p>;
  return (
    <ol aria-label="Path" className="px-4 py-3">
      {steps.map((step, index) => (
        <Step
          key={`${step.at} ${step.node_id} ${step.outlet}`}
          step={step}
          before={steps[index - 1]}
          graph={journey.data?.graph}
          isLast={index === steps.length - 1}
        />
      ))}
    </ol>
  );
}

interface StepProps {
  step: TraceStep;
  before?: TraceStep;
  graph?: Graph;
  isLast: boolean;
}

function Step({ step, before, graph, isLast }: StepProps) {
  const node = graph?.nodes.find(({ id }) => id === step.node_id);
  const waited = before ? new Date(step.at).getTime() - new Date(before.at).getTime() : 0;
  const seen = { ...step.inputs, ...step.detail };
  return (
    <li className="relative flex gap-3 pb-5 last:pb-1">
      {!isLast && <span aria-hidden className="absolute top-8 bottom-1 left-3.5 w-px bg-line" />}
      <NodeIcon kind={step.kind ?? ''} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{step.title}</span>
          {step.outlet && <Outlet step={step} label={node && outletLabel(node, step.outlet)} />}
          <span className="num ml-auto text-ink-3 text-xs">
            {waited >= 1000 && <span className="mr-2">after {formatElapsed(waited)}</span>}
            <Tooltip text={formatDay(step.at)}>
              <time dateTime={step.at} title={formatDateTime(step.at)}>
                {formatMoment(step.at, before?.at)}
              </time>
            </Tooltip>
          </span>
        </div>
        {node && summaryOf(node) !== step.title && <p className="text-ink-3 text-xs">{summaryOf(node)}</p>}
        {step.reason && <p className="mt-1 text-ink-2 text-sm">{humanize(step.reason)}</p>}
        <Seen values={seen} />
      </div>
    </li>
  );
}

function Outlet({ step, label }: { step: TraceStep; label?: string }) {
  const tone = step.outlet === 'failed' ? 'bad' : step.outlet === 'skipped' ? 'warn' : 'neutral';
  if (tone === 'neutral' && (!label || step.outlet === 'next')) return null;
  return <Badge tone={tone}>{label ?? humanize(step.outlet ?? '')}</Badge>;
}

/** The values that the step decided on, without the engine's own note of what let the person in. */
function Seen({ values }: { values: Record<string, unknown> }) {
  const entries = Object.entries(values).filter(([name]) => name !== 'cause');
  if (entries.length === 0) return null;
  return (
    <dl className="mt-1.5 flex flex-wrap gap-1.5">
      {entries.map(([name, value]) => (
        <div
          key={name}
          className="flex max-w-full gap-1.5 rounded border bg-sunken px-1.5 font-mono text-2xs leading-5"
        >
          <dt className="shrink-0 text-ink-3">{humanize(name)}</dt>
          <dd className="truncate text-ink-2">{formatValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
