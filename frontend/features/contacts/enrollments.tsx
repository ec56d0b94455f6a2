'use client';

import { ChevronRight, Route } from 'lucide-react';
import Link from 'next/link';
import { StateBadge } from '@/components/state-badge';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Ago } from '@/components/ui/time';
import type { EnrollmentOf } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { humanize } from '@/lib/format';
import { useSearchState } from '@/lib/use-search-state';
import { Trace } from './trace';

/** Each passage through a journey; the open one shows its whole path. */
export function Enrollments({ enrollments }: { enrollments: EnrollmentOf[] }) {
  const [open, setOpen] = useSearchState('enrollment', enrollments[0]?.id ?? '');
  if (enrollments.length === 0) {
    return (
      <EmptyState icon={Route} title="In no journey yet">
        When this person enters a journey, each step they take is told here, with its reason.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-3">
      {enrollments.map((enrollment) => (
        <Passage
          key={enrollment.id}
          enrollment={enrollment}
          isOpen={enrollment.id === open}
          onToggle={() => setOpen(enrollment.id === open ? 'none' : enrollment.id)}
        />
      ))}
    </div>
  );
}

function Passage({ enrollment, isOpen, onToggle }: { enrollment: EnrollmentOf; isOpen: boolean; onToggle(): void }) {
  const { id, journey_id, journey_name, state, version, entered_at, reason } = enrollment;
  return (
    <Card flush>
      <div className={cn('flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5', isOpen && 'border-b')}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={`path-${id}`}
          onClick={onToggle}
          className="flex min-w-0 items-center gap-2 rounded"
        >
          <ChevronRight
            aria-hidden
            className={cn('size-4 shrink-0 text-ink-3 transition-transform', isOpen && 'rotate-90')}
          />
          <span className="truncate font-medium">{journey_name ?? 'A journey'}</span>
        </button>
        <StateBadge state={state} />
        {reason && reason !== state && <span className="text-ink-3 text-xs">{humanize(reason)}</span>}
        <span className="ml-auto flex items-center gap-3 text-ink-3 text-xs">
          <span>
            entered <Ago at={entered_at} />
          </span>
          <Link
            href={`/journeys/view?id=${journey_id}`}
            className="num underline decoration-line-strong underline-offset-2 hover:text-ink"
          >
            version {version}
          </Link>
        </span>
      </div>
      <div id={`path-${id}`}>{isOpen && <Trace enrollmentId={id} />}</div>
    </Card>
  );
}
