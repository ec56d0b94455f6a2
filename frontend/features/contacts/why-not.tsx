'use client';

import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { Card } from '@/components/ui/card';
import { Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import { Ago } from '@/components/ui/time';
import type { ContactDetail, WhyNot } from '@/lib/api/types';
import { humanize } from '@/lib/format';
import { usePublishedJourneys, useWhyNot } from './queries';

/** “Why is she not in the onboarding?”: pick the journey, read the answer. */
export function WhyNotCard({ contact }: { contact: ContactDetail }) {
  const [journeyId, setJourneyId] = useState('');
  const journeys = usePublishedJourneys();
  const why = useWhyNot(contact.id, journeyId);
  if (!journeys.data?.length) return null;
  return (
    <Card title="Why not in a journey?" className="mt-4">
      <div className="grid gap-3">
        <Select
          aria-label="Journey to ask about"
          className="max-w-md"
          value={journeyId}
          onChange={(event) => setJourneyId(event.target.value)}
        >
          <option value="">Choose a journey</option>
          {journeys.data.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        {journeyId && (
          <Loaded query={why} loading={<Skeleton className="h-16" />}>
            {(answer) => <Answer why={answer} />}
          </Loaded>
        )}
      </div>
    </Card>
  );
}

function Answer({ why: { entered, summary, triggers, refusals, notes } }: { why: WhyNot }) {
  const Icon = entered ? CircleCheck : CircleX;
  return (
    <div className="grid gap-3 text-sm">
      <p className="flex gap-2 font-medium">
        <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${entered ? 'text-ok' : 'text-warn'}`} />
        {summary}
      </p>
      <ul aria-label="Details" className="grid gap-2 text-ink-2">
        {triggers.map(({ node_id, title, why, at }) => (
          <li key={node_id}>
            <span className="font-medium text-ink">{title}:</span> {why}
            {at && (
              <span className="text-ink-3">
                {' '}
                <Ago at={at} />
              </span>
            )}
          </li>
        ))}
        {refusals.map(({ at, reason }) => (
          <li key={at}>
            Turned away <Ago at={at} />: {humanize(reason).toLowerCase()}
          </li>
        ))}
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}
