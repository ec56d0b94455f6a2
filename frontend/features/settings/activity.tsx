'use client';

import { History } from 'lucide-react';
import { LoadMore } from '@/components/load-more';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Ago } from '@/components/ui/time';
import { usePages } from '@/lib/api/pages';
import type { AuditEntry } from '@/lib/api/types';

const nameIn = ({ diff, entity_id }: AuditEntry) =>
  typeof diff.name === 'string' ? `“${diff.name}”` : entity_id.length < 36 ? entity_id : '';

/** Who changed what, and when. */
export function Activity() {
  const entries = usePages<AuditEntry>('/api/audit');
  return (
    <Card flush title="Activity" description="Every change of this workspace, by people and by keys.">
      <Loaded
        query={entries}
        empty={
          <EmptyState icon={History} title="Nothing yet">
            Each change is written down here with who made it.
          </EmptyState>
        }
      >
        {(items) => (
          <ol>
            {items.map((entry) => (
              <li key={entry.id} className="rule-b flex flex-wrap items-baseline gap-x-2 px-4 py-2.5">
                <span className="min-w-0 flex-1 break-words text-ink-2">
                  <span className="font-medium text-ink">{entry.actor_name}</span> {entry.action} {entry.entity}{' '}
                  {nameIn(entry)}
                </span>
                <span className="text-ink-3 text-xs">
                  <Ago at={entry.at} />
                </span>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
      <LoadMore pages={entries} />
    </Card>
  );
}
