'use client';

import Link from 'next/link';
import { Tooltip } from '@/components/ui/tooltip';
import type { NodeCounts } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { formatCompact, humanize } from '@/lib/format';
import type { StepTotals } from '@/lib/graph/counts';
import type { Together } from '@/lib/graph/groups';
import { useStepCounts } from './queries';

const sum = (reasons: Record<string, number>) => Object.values(reasons).reduce((total, n) => total + n, 0);

function skippedBecause(skipped: NodeCounts['skipped']): string {
  const reasons = Object.entries(skipped).map(([reason, n]) => `${humanize(reason)}: ${n}`);
  return reasons.length ? `Skipped. ${reasons.join(', ')}` : 'Skipped';
}

function Count({ value, label, name, className }: { value: number; label: string; name: string; className?: string }) {
  return (
    <Tooltip text={label}>
      <span className={cn('inline-flex items-baseline gap-0.5', className)}>
        <span className="num font-medium">{formatCompact(value)}</span>
        <span>{name}</span>
      </span>
    </Tooltip>
  );
}

const LINE = 'flex h-7 items-center gap-2 overflow-hidden whitespace-nowrap border-t px-3 text-2xs text-ink-3';

/** How many came, are here and went on; it leads to the people. Quiet, and as wide when the numbers move. */
export function StepCounts({ journeyId, steps }: { journeyId: string; steps: Together }) {
  const counts = useStepCounts(journeyId, steps);
  if (!counts) return null;
  const [only, ...others] = steps.all;
  if (others.length) {
    return (
      <p className={LINE}>
        <Numbers counts={counts} />
      </p>
    );
  }
  return (
    <Link href={`/journeys/view?id=${journeyId}&tab=people&node=${only}`} className={cn('nopan hover:bg-hover', LINE)}>
      <Numbers counts={counts} />
    </Link>
  );
}

function Numbers({ counts }: { counts: StepTotals }) {
  const skipped = sum(counts.skipped);
  return (
    <>
      <Count value={counts.entered} name="in" label="Came in" />
      {counts.waiting > 0 && (
        <Count value={counts.waiting} name="here" label="Waiting here now" className="text-accent-ink" />
      )}
      {counts.passed !== null && <Count value={counts.passed} name="on" label="Went on" />}
      {counts.converted > 0 && (
        <Count value={counts.converted} name="converted" label="Converted" className="text-ok" />
      )}
      {skipped > 0 && (
        <Count value={skipped} name="skipped" label={skippedBecause(counts.skipped)} className="text-warn" />
      )}
      {counts.exited > 0 && <Count value={counts.exited} name="left" label="Left the journey from here" />}
      {counts.failed > 0 && <Count value={counts.failed} name="failed" label="Failed" className="text-bad" />}
    </>
  );
}
