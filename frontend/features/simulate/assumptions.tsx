'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Rows, removed, replaced } from '@/components/ui/rows';
import type { EventAssumption } from '@/lib/api/types';
import type { Wish } from './request';
import type { PartProps } from './who';

type Rate = 'open' | 'click' | 'unsubscribe' | 'awaited';

const RATES: [Rate, string][] = [
  ['open', 'Open a mail'],
  ['click', 'Click in it'],
  ['unsubscribe', 'Unsubscribe'],
  ['awaited', 'Do what is awaited'],
];

const AFTER: [NonNullable<EventAssumption['after']>, string][] = [
  ['entry', 'entering'],
  ['wait', 'beginning to wait for it'],
  ['sent', 'a mail is sent'],
  ['opened', 'opening a mail'],
  ['clicked', 'clicking in a mail'],
];

const percent = (value: number) => Math.max(0, Math.min(100, Number.isFinite(value) ? value : 0));

/** What is assumed of people: shares of those who do something, and events that they bring about. */
export function AssumptionsPart({ wish, put }: PartProps) {
  return (
    <section className="grid gap-3">
      <h3 className="font-semibold text-sm">What they do, in percent</h3>
      <div className="grid grid-cols-2 gap-3">
        {RATES.map(([name, label]) => (
          <Field key={name} label={label}>
            {(wiring) => (
              <Input
                {...wiring}
                type="number"
                min={0}
                max={100}
                step="any"
                className="num"
                value={wish[name]}
                onChange={({ target }) => put({ [name]: percent(target.valueAsNumber) } as Partial<Wish>)}
              />
            )}
          </Field>
        ))}
      </div>
      <Events events={wish.events} onChange={(events) => put({ events })} />
    </section>
  );
}

function Events({ events, onChange }: { events: EventAssumption[]; onChange(events: EventAssumption[]): void }) {
  const add = () => onChange([...events, { event: '', rate: 0.2, after: 'entry', median_hours: 24 }]);
  return (
    <div className="grid gap-2">
      <Rows items={events}>
        {(each, index) => (
          <EventRow
            each={each}
            onChange={(part) => onChange(replaced(events, index, { ...each, ...part }))}
            onRemove={() => onChange(removed(events, index))}
          />
        )}
      </Rows>
      <Button size="sm" className="justify-self-start" onClick={add}>
        <Plus /> An event that some bring about
      </Button>
    </div>
  );
}

interface EventProps {
  each: EventAssumption;
  onChange(part: Partial<EventAssumption>): void;
  onRemove(): void;
}

function EventRow({ each, onChange, onRemove }: EventProps) {
  return (
    <div className="grid gap-2 rounded-lg border p-2.5 text-ink-2 text-sm">
      <div className="flex items-center gap-1.5">
        <Input
          aria-label="Share in percent"
          type="number"
          min={0}
          max={100}
          className="num w-20"
          value={Math.round(each.rate * 1000) / 10}
          onChange={({ target }) => onChange({ rate: percent(target.valueAsNumber) / 100 })}
        />
        % do
        <Input
          aria-label="Event"
          placeholder="Order Completed"
          className="min-w-0 flex-1"
          value={each.event}
          onChange={({ target }) => onChange({ event: target.value })}
        />
        <Button look="quiet" size="icon" aria-label="Remove the event" onClick={onRemove}>
          <X />
        </Button>
      </div>
      <div className="flex items-center gap-1.5">
        about
        <Input
          aria-label="Usual delay in hours"
          type="number"
          min={0.1}
          step="any"
          className="num w-20"
          value={each.median_hours}
          onChange={({ target }) => onChange({ median_hours: Math.max(0.1, target.valueAsNumber || 24) })}
        />
        h after
        <Select
          aria-label="After what"
          className="min-w-0 flex-1"
          value={each.after}
          onChange={({ target }) => onChange({ after: target.value as EventAssumption['after'] })}
        >
          {AFTER.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </div>
    </div>
  );
}
