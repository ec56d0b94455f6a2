'use client';

import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useDeadEvents, useGivenUpIntakes, useGivenUpJobs } from '@/lib/api/given-up';
import { count } from '@/lib/format';

/** Says that something waits for a person, and leads there; nothing while nothing does. */
export function GivenUpNotice() {
  const events = useDeadEvents();
  const intakes = useGivenUpIntakes();
  const jobs = useGivenUpJobs();
  const what = [
    events.data?.length && count(events.data.length, 'event', 'events'),
    intakes.data?.length && count(intakes.data.length, 'broadcast', 'broadcasts'),
    jobs.data?.length && count(jobs.data.length, 'job over many contacts', 'jobs over many contacts'),
  ].filter((each) => typeof each === 'string');
  if (what.length === 0) return null;
  const more = events.hasNextPage || intakes.hasNextPage || jobs.hasNextPage;
  return (
    <p className="flex flex-wrap items-center gap-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0 flex-1">
        {more && 'More than '}
        {new Intl.ListFormat('en').format(what)} could not be carried out at any attempt.
      </span>
      <Link href="/settings?tab=given-up" className="font-medium underline">
        Look at them
      </Link>
    </p>
  );
}
