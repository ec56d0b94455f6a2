'use client';

import { CircleCheck } from 'lucide-react';
import { LoadMore } from '@/components/load-more';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Ago } from '@/components/ui/time';
import { useDealWithJobs, useGivenUpJobs } from '@/lib/api/given-up';
import type { BulkJob } from '@/lib/api/types';
import { count, formatNumber } from '@/lib/format';
import { toast } from '@/lib/toast';
import { Line } from './given-up-line';

const TITLES: Record<BulkJob['type'], string> = {
  tag: 'Change tags',
  enroll: 'Enroll in a journey',
  suppress: 'Suppress addresses',
  export: 'Export',
};

/** What was to be done to many contacts at once, and stopped before its end. */
export function Jobs() {
  const jobs = useGivenUpJobs();
  return (
    <Card flush title="Jobs over many contacts" description="What they have done so far stays done.">
      <Loaded
        query={jobs}
        empty={
          <EmptyState icon={CircleCheck} title="Every job came to its end">
            An export, or an action for many contacts, that cannot go on is put here with the reason.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((job) => (
              <JobLine key={job.id} job={job} />
            ))}
          </ul>
        )}
      </Loaded>
      <LoadMore pages={jobs} />
    </Card>
  );
}

function JobLine({ job: { id, type, done, total, created_at, error } }: { job: BulkJob }) {
  const deal = useDealWithJobs();
  return (
    <Line
      title={TITLES[type]}
      about={
        <>
          {total === null ? 'did not begin' : `${formatNumber(done)} of ${count(total, 'contact')} done`}; asked for{' '}
          <Ago at={created_at} />
        </>
      }
      error={error ?? ''}
      busy={deal.isPending}
      onRetry={() => deal.mutate({ verb: 'retry', id }, { onSuccess: () => toast.success('It goes on') })}
      onDismiss={() => deal.mutate({ verb: 'dismiss', id })}
    />
  );
}
