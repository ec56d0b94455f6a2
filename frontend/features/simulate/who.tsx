'use client';

import { Plus, X } from 'lucide-react';
import { ContactPicker } from '@/components/contact-picker';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { Segments } from '@/components/ui/segments';
import { SuggestInput } from '@/components/ui/suggest-input';
import { Switch } from '@/components/ui/switch';
import { count, nameOf } from '@/lib/format';
import { TIME_ZONES } from '@/lib/time-zones';
import { PairsInput } from './pairs-input';
import { useSegments } from './queries';
import { type MadeUp, newPerson, type Who, type Wish } from './request';

const WAYS: [Who, string][] = [
  ['made_up', 'Made up'],
  ['people', 'Contacts'],
  ['segment', 'A segment'],
];

export interface PartProps {
  wish: Wish;
  put(part: Partial<Wish>): void;
}

/** Whom to send through: people made up, contacts by name, or a sample of a segment. */
export function WhoPart({ wish, put }: PartProps) {
  return (
    <section className="grid gap-3">
      <h3 className="font-semibold text-sm">Who</h3>
      <Segments label="Who" value={wish.who} options={WAYS} onChange={(who) => put({ who: who as Who })} />
      {wish.who === 'made_up' && <MadeUpPeople people={wish.madeUp} onChange={(madeUp) => put({ madeUp })} />}
      {wish.who === 'people' && <KnownPeople wish={wish} put={put} />}
      {wish.who === 'segment' && <SegmentSample wish={wish} put={put} />}
      {wish.who !== 'made_up' && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is a labelable button.
        <label className="flex items-center justify-between gap-3 text-sm">
          Let in those who were in it before
          <Switch checked={wish.again} onChange={(again) => put({ again })} />
        </label>
      )}
    </section>
  );
}

function MadeUpPeople({ people, onChange }: { people: MadeUp[]; onChange(people: MadeUp[]): void }) {
  return (
    <div className="grid gap-2">
      <Rows items={people}>
        {(person, index) => (
          <MadeUpPerson
            person={person}
            onChange={(part) => onChange(replaced(people, index, { ...person, ...part }))}
            onRemove={people.length > 1 ? () => onChange(removed(people, index)) : undefined}
          />
        )}
      </Rows>
      <Button size="sm" className="justify-self-start" onClick={() => onChange([...people, newPerson('Kim')])}>
        <Plus /> Another person
      </Button>
    </div>
  );
}

interface PersonProps {
  person: MadeUp;
  onChange(part: Partial<MadeUp>): void;
  onRemove?(): void;
}

function MadeUpPerson({ person, onChange, onRemove }: PersonProps) {
  return (
    <div className="grid gap-2 rounded-lg border p-2.5">
      <div className="flex items-center gap-1.5">
        <Input
          aria-label="First name"
          value={person.first_name}
          onChange={({ target }) => onChange({ first_name: target.value })}
        />
        <Input
          aria-label="How many of this kind"
          type="number"
          min={1}
          max={1000}
          className="num w-20"
          value={person.count}
          onChange={({ target }) => onChange({ count: Math.max(1, Math.min(1000, target.valueAsNumber || 1)) })}
        />
        {onRemove && (
          <Button look="quiet" size="icon" aria-label={`Remove ${person.first_name}`} onClick={onRemove}>
            <X />
          </Button>
        )}
      </div>
      <SuggestInput
        aria-label="Time zone"
        placeholder="Time zone: the workspace’s"
        options={TIME_ZONES}
        value={person.time_zone}
        onChange={(time_zone) => onChange({ time_zone })}
      />
      <PairsInput noun="attribute" pairs={person.attributes} onChange={(attributes) => onChange({ attributes })} />
    </div>
  );
}

function KnownPeople({ wish: { people }, put }: PartProps) {
  return (
    <div className="grid gap-2">
      <ContactPicker
        label="Add a contact"
        nobody={people.length ? 'Add another' : undefined}
        value={null}
        className="w-full"
        onChange={(contact) =>
          contact && !people.some(({ id }) => id === contact.id) && put({ people: [...people, contact] })
        }
      />
      <ul className="grid gap-1">
        {people.map((contact) => (
          <li key={contact.id} className="flex items-center gap-2 rounded-md border px-2.5 py-1 text-sm">
            <span className="min-w-0 flex-1 truncate">
              {nameOf(contact)} <span className="text-ink-3 text-xs">{contact.email}</span>
            </span>
            <Button
              look="quiet"
              size="icon"
              aria-label={`Remove ${nameOf(contact)}`}
              onClick={() => put({ people: people.filter(({ id }) => id !== contact.id) })}
            >
              <X />
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function SegmentSample({ wish: { segmentId, sample }, put }: PartProps) {
  const segments = useSegments();
  return (
    <div className="grid gap-3">
      <Field label="Segment">
        {(wiring) => (
          <Select {...wiring} value={segmentId} onChange={({ target }) => put({ segmentId: target.value })}>
            <option value="">Choose a segment</option>
            {segments.map(({ id, name, count: size }) => (
              <option key={id} value={id}>
                {name} ({count(size, 'person', 'people')})
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Sample" hint="So many of them are tried; what comes of it is scaled up to all.">
        {(wiring) => (
          <Input
            {...wiring}
            type="number"
            min={1}
            max={1000}
            className="num"
            value={sample}
            onChange={({ target }) => put({ sample: Math.max(1, Math.min(1000, target.valueAsNumber || 1)) })}
          />
        )}
      </Field>
    </div>
  );
}
