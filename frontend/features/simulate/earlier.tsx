'use client';

import { Ago } from '@/components/ui/time';
import type { SimulationResult, SimulationRow } from '@/lib/api/types';
import { count } from '@/lib/format';
import { useKept, useOpenKept } from './queries';

/** In how the request names them. */
function whoIn({ request }: SimulationRow): string {
  if (request.segment_id) return 'a segment';
  return Array.isArray(request.contacts) ? 'contacts' : 'made up';
}

/** What was tried before, to be looked at again. */
export function Earlier({ id, onOpen }: { id: string; onOpen(result: SimulationResult): void }) {
  const kept = useKept(id);
  const open = useOpenKept(id);
  if (!kept.data?.length) return null;
  return (
    <section className="grid gap-2 border-t pt-4">
      <h3 className="font-semibold text-sm">Earlier simulations</h3>
      <ul className="rounded-lg border text-sm">
        {kept.data.map((row) => (
          <li key={row.id} className="rule-b">
            <button
              type="button"
              disabled={open.isPending}
              onClick={() => open.mutate(row.id, { onSuccess: ({ result }) => onOpen(result) })}
              className="flex w-full flex-wrap items-baseline gap-x-2 px-3 py-2 text-left outline-offset-[-2px] hover:bg-hover"
            >
              <span className="font-medium">{count(row.counts.contacts, 'person', 'people')}</span>
              <span className="text-ink-3 text-xs">{whoIn(row)}</span>
              <span className="num text-ink-2 text-xs">{count(row.counts.sent ?? 0, 'mail')}</span>
              <span className="ml-auto text-ink-3 text-xs">
                <Ago at={row.created_at} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
