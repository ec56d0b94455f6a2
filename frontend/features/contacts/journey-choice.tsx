'use client';

import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useLiveJourneys } from './bulk-queries';

/** A journey that takes people in now. */
export function JourneyChoice({ value, onChange }: { value: string; onChange(id: string): void }) {
  const journeys = useLiveJourneys();
  if (journeys.data?.length === 0) return <Notice tone="info">No journey is live. Publish one first.</Notice>;
  return (
    <Field label="Journey">
      {(wiring) => (
        <Select {...wiring} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">Choose a live journey</option>
          {journeys.data?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
