'use client';

import { Activity } from 'lucide-react';
import { LoadMore } from '@/components/load-more';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Ago } from '@/components/ui/time';
import type { TimelineEvent } from '@/lib/api/types';
import { formatValue } from '@/lib/format';
import { useTimeline } from './queries';

/** What the person did and what was done to them, the newest first. */
export function Timeline({ contactId }: { contactId: string }) {
  const events = useTimeline(contactId);
  return (
    <Loaded
      query={events}
      empty={
        <EmptyState icon={Activity} title="Nothing yet">
          Events from your site and your servers, and every mail's fate, are listed here as they happen.
        </EmptyState>
      }
    >
      {(items) => (
        <>
          <Card flush>
            <ol>
              {items.map((event) => (
                <Line key={event.id} event={event} />
              ))}
            </ol>
          </Card>
          <LoadMore pages={events} />
        </>
      )}
    </Loaded>
  );
}

function Line({ event: { name, occurred_at, properties } }: { event: TimelineEvent }) {
  const shown = Object.entries(properties ?? {})
    .map(([key, value]) => `${key}: ${formatValue(value)}`)
    .join(' · ');
  return (
    <li className="rule-b flex flex-wrap items-baseline gap-x-3 px-4 py-2.5">
      <span className="font-medium">{name}</span>
      <span className="min-w-0 flex-1 truncate text-ink-3 text-xs">{shown}</span>
      <span className="text-ink-3 text-xs">
        <Ago at={occurred_at} />
      </span>
    </li>
  );
}
