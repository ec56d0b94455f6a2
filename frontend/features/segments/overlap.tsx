'use client';

import { Blend } from 'lucide-react';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import type { OverlapRead, Segment } from '@/lib/api/types';
import { count, formatNumber } from '@/lib/format';
import { useSearchState } from '@/lib/use-search-state';
import { useOverlap, useSegmentNames } from './queries';

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** How far a segment and another hold the same people. */
export function Overlap({ segment }: { segment: Segment }) {
  const [otherId, setOther] = useSearchState('with');
  const others = (useSegmentNames().data ?? []).filter(({ id }) => id !== segment.id);
  const other = others.find(({ id }) => id === otherId);
  const overlap = useOverlap(segment.id, other?.id);
  return (
    <div className="grid max-w-2xl gap-5">
      <Field label="Compare with">
        {(wiring) => (
          <Select {...wiring} className="max-w-sm" value={otherId} onChange={(event) => setOther(event.target.value)}>
            <option value="">{others.length ? 'Choose a segment' : 'There is no other segment yet'}</option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {!other && (
        <EmptyState icon={Blend} title="Which people are in both?">
          Choose a second segment to see how many are in both, and how many in only one of them.
        </EmptyState>
      )}
      {other && (
        <Loaded query={overlap} loading={<Skeleton className="h-40" />}>
          {(found) => <Picture names={[segment.name, other.name]} found={found} />}
        </Loaded>
      )}
    </div>
  );
}

/** Three bars on one scale: only the one, both, only the other. */
function Picture({ names: [one, two], found: { a, b, both } }: { names: [string, string]; found: OverlapRead }) {
  const rows = [
    { label: `Only in ${one}`, value: a - both, fill: 'bg-info' },
    { label: 'In both', value: both, fill: 'bg-accent' },
    { label: `Only in ${two}`, value: b - both, fill: 'bg-warn' },
  ];
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return (
    <div className="grid gap-4">
      <dl className="grid gap-3">
        {rows.map(({ label, value, fill }) => (
          <div key={label}>
            <dt className="flex justify-between gap-4">
              <span className="truncate">{label}</span>
              <span className="num font-medium">{formatNumber(value)}</span>
            </dt>
            <dd className="mt-1 h-2 overflow-hidden rounded-full bg-hover">
              <span className={`block h-full rounded-full ${fill}`} style={{ width: `${(value / most) * 100}%` }} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-ink-2">
        {both === 0
          ? 'Nobody is in both.'
          : `${count(both, 'person is', 'people are')} in both: ${percent.format(both / a)} of ${one}, ${percent.format(both / b)} of ${two}.`}
      </p>
    </div>
  );
}
