'use client';

import { CircleCheck, RotateCw } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { LoadMore } from '@/components/load-more';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Confirm } from '@/components/ui/confirm';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Ago } from '@/components/ui/time';
import { useDeadEvents, useDealWithEvents, useDealWithIntakes, useGivenUpIntakes } from '@/lib/api/given-up';
import type { DeadEvent, GivenUpIntake } from '@/lib/api/types';
import { formatNumber } from '@/lib/format';
import { toast } from '@/lib/toast';
import { Jobs } from './given-up-jobs';
import { Line } from './given-up-line';

/** What failed at every attempt and now waits for a person: mend the cause, then let it be tried again. */
export const GivenUp = () => (
  <div className="grid gap-4">
    <Events />
    <Intakes />
    <Jobs />
  </div>
);

function Events() {
  const events = useDeadEvents();
  const deal = useDealWithEvents();
  const [asking, setAsking] = useState(false);
  const replayAll = () =>
    deal.mutate({ verb: 'replay' }, { onSuccess: () => toast.success('All are tried again, in their old order') });
  const both = (
    <div className="flex gap-2">
      <Button onClick={() => setAsking(true)}>Dismiss all</Button>
      <Button busy={deal.isPending} onClick={replayAll}>
        <RotateCw /> Try all again
      </Button>
    </div>
  );
  return (
    <Card
      flush
      title="Events"
      description="They are in their contacts’ history, but let nobody into a journey or out of one."
      actions={events.data?.length ? both : undefined}
    >
      <Loaded
        query={events}
        empty={
          <EmptyState icon={CircleCheck} title="No event was given up">
            An event that fails again and again is put here with the reason, so that it does not hold up the others.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((event) => (
              <EventLine key={event.event_id} event={event} />
            ))}
          </ul>
        )}
      </Loaded>
      <LoadMore pages={events} />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title="Dismiss all of these events?"
        description="They stay in their contacts’ history, and will never move anybody. This cannot be undone."
        action="Dismiss all"
        danger
        onConfirm={() => deal.mutateAsync({ verb: 'dismiss' })}
      />
    </Card>
  );
}

function EventLine({ event: { event_id, contact_id, name, type, occurred_at, died_at, error } }: { event: DeadEvent }) {
  const deal = useDealWithEvents();
  return (
    <Line
      title={
        <Link href={`/contacts/view?id=${contact_id}`} className="hover:underline">
          {name || type}
        </Link>
      }
      about={
        <>
          happened <Ago at={occurred_at} />, given up <Ago at={died_at} />
        </>
      }
      error={error}
      busy={deal.isPending}
      onRetry={() => deal.mutate({ verb: 'replay', id: event_id }, { onSuccess: () => toast.success('Tried again') })}
      onDismiss={() => deal.mutate({ verb: 'dismiss', id: event_id })}
    />
  );
}

function Intakes() {
  const intakes = useGivenUpIntakes();
  return (
    <Card flush title="Broadcasts and lists" description="People on their way into a journey who did not all get in.">
      <Loaded
        query={intakes}
        empty={
          <EmptyState icon={CircleCheck} title="Everyone got in">
            A segment or a list that could not be let into its journey to its end is put here, to be taken up again.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((intake) => (
              <IntakeLine key={intake.id} intake={intake} />
            ))}
          </ul>
        )}
      </Loaded>
      <LoadMore pages={intakes} />
    </Card>
  );
}

function IntakeLine({ intake }: { intake: GivenUpIntake }) {
  const { id, journey_id, journey_name, entered, refused, created_at, error } = intake;
  const deal = useDealWithIntakes();
  return (
    <Line
      title={
        <Link href={`/journeys/view?id=${journey_id}`} className="hover:underline">
          {journey_name}
        </Link>
      }
      about={
        <>
          {formatNumber(entered)} got in, {formatNumber(refused)} did not enter; begun <Ago at={created_at} />
        </>
      }
      error={error ?? ''}
      busy={deal.isPending}
      onRetry={() => deal.mutate({ verb: 'retry', id }, { onSuccess: () => toast.success('It goes on') })}
      onDismiss={() => deal.mutate({ verb: 'dismiss', id })}
    />
  );
}
