'use client';

import { Settings2 } from 'lucide-react';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Segments } from '@/components/ui/segments';
import { useBuilder, useBuilderStore } from './context';
import { faultAt } from './faults';
import { Block } from './form/block';
import { SchemaField, ScopeProvider, type Values, withValue } from './form/schema-form';

import { SidePanel } from './side-panel';

const NONE: never[] = [];
const RULE = { oneOf: [{ $ref: '#/$defs/AttributeRule' }] };

interface PartProps {
  settings: Values;
  put(name: string, value: unknown): void;
}

/** The rules around the picture: who may come again, what makes people leave, what counts as success. */
export function JourneyPanel({ onClose }: { onClose(): void }) {
  const store = useBuilderStore();
  const settings = useBuilder((state) => state.settings);
  const faults = useBuilder((state) => state.faults[''] ?? NONE);
  const put = (name: string, value: unknown) => store.getState().configureJourney(withValue(settings, name, value));
  const error = (name: string) => faultAt(faults, name);
  const field = (name: string, schema: object, label?: string) => (
    <SchemaField
      key={name}
      name={name}
      label={label}
      path={name}
      schema={schema}
      required={false}
      value={settings[name] ?? undefined}
      onChange={(value) => put(name, value)}
    />
  );
  return (
    <SidePanel
      title="Journey settings"
      about="They hold for everyone who enters the next version."
      icon={<Settings2 aria-hidden className="mt-1 size-5 text-ink-3" />}
      onClose={onClose}
    >
      <ScopeProvider root={{}} faults={faults}>
        <ReEntry settings={settings} put={put} />
        {field(
          'exit_on',
          { type: 'array', items: RULE, maxItems: 20, description: 'Whoever comes to match leaves at once.' },
          'Leaves when',
        )}
        <Goal settings={settings} put={put} error={error('goal')} />
        <QuietHours settings={settings} put={put} error={error('quiet_hours')} />
        {field('time_zone', { type: 'string' })}
        {field('priority', {
          type: 'integer',
          default: 50,
          minimum: 1,
          maximum: 100,
          description: 'Where two journeys want the same person, the higher one goes first.',
        })}
        {field(
          'cap_exempt',
          {
            type: 'boolean',
            default: false,
            description: 'Its mail does not count towards the caps, and is not held by them.',
          },
          'Exempt from caps',
        )}
        {field(
          'holdout_percent',
          {
            type: 'number',
            default: 0,
            minimum: 0,
            maximum: 100,
            description: 'So many in a hundred get no marketing mail from it, so that its effect can be told.',
          },
          'Holdout in percent',
        )}
      </ScopeProvider>
    </SidePanel>
  );
}

const AFTER = 'after';

function ReEntry({ settings, put }: PartProps) {
  const value = settings.re_entry ?? 'once';
  const days = typeof value === 'object' ? Number((value as { after?: { days?: number } }).after?.days ?? 30) : null;
  return (
    <Field label="Re-entry" hint={value === 'per_key' ? 'The trigger names the property that is the key.' : undefined}>
      {(wiring) => (
        <div className="flex items-center gap-2">
          <Select
            {...wiring}
            className="flex-1"
            value={days === null ? String(value) : AFTER}
            onChange={({ target }) => put('re_entry', target.value === AFTER ? { after: { days: 30 } } : target.value)}
          >
            <option value="once">Once in a lifetime</option>
            <option value="always">Every time</option>
            <option value={AFTER}>Again after some days</option>
            <option value="per_key">Once for each key, such as a cart</option>
          </Select>
          {days !== null && (
            <Input
              type="number"
              min={1}
              aria-label="Days until somebody may come again"
              className="num w-20"
              value={days}
              onChange={({ target }) => put('re_entry', { after: { days: Math.max(1, target.valueAsNumber || 1) } })}
            />
          )}
        </div>
      )}
    </Field>
  );
}

function Goal({ settings, put, error }: PartProps & { error?: string }) {
  const goal = settings.goal as Values | null | undefined;
  const way = !goal ? 'none' : 'rule' in goal ? 'rule' : 'event';
  const change = (part: Values) => put('goal', { ...goal, ...part });
  const rest = () =>
    Object.fromEntries(Object.entries(goal ?? {}).filter(([name]) => !['event', 'rule', 'where'].includes(name)));
  return (
    <Block label="Goal" hint="What counts as success, within some days of entering." error={error}>
      <Segments
        label="Goal"
        value={way}
        options={[
          ['none', 'None'],
          ['event', 'An event'],
          ['rule', 'A rule'],
        ]}
        onChange={(to) =>
          put(
            'goal',
            to === 'none' ? undefined : { ...rest(), ...(to === 'rule' ? { rule: { all: [] } } : { event: '' }) },
          )
        }
      />
      {goal && (
        <div className="grid gap-3 rounded-lg border p-3">
          {way === 'event' ? (
            <SchemaField
              name="event"
              path="goal.event"
              schema={{ type: 'string' }}
              required
              value={goal.event}
              onChange={(event) => change({ event: event ?? '' })}
            />
          ) : (
            <SchemaField
              name="rule"
              path="goal.rule"
              schema={RULE}
              required
              value={goal.rule}
              onChange={(rule) => change({ rule })}
            />
          )}
          <SchemaField
            name="window_days"
            label="Within days"
            path="goal.window_days"
            schema={{ type: 'integer', default: 30, minimum: 1, maximum: 365 }}
            required={false}
            value={goal.window_days}
            onChange={(window_days) => change({ window_days: window_days ?? 30 })}
          />
          <SchemaField
            name="exits"
            label="Whoever reaches it leaves"
            path="goal.exits"
            schema={{ type: 'boolean', default: true }}
            required={false}
            value={goal.exits}
            onChange={(exits) => change({ exits })}
          />
        </div>
      )}
    </Block>
  );
}

function QuietHours({ settings, put, error }: PartProps & { error?: string }) {
  const value = settings.quiet_hours === undefined ? 'workspace' : settings.quiet_hours;
  const own = typeof value === 'object' && value !== null ? (value as Values) : null;
  return (
    <Block label="Quiet hours" hint="Mail that falls due in them waits until they are over." error={error}>
      <Segments
        label="Quiet hours"
        value={own ? 'own' : value === null ? 'none' : 'workspace'}
        options={[
          ['workspace', 'Workspace’s'],
          ['own', 'Its own'],
          ['none', 'None'],
        ]}
        onChange={(to) =>
          put('quiet_hours', to === 'own' ? { start: '21:00', end: '08:00' } : to === 'none' ? null : undefined)
        }
      />
      {own && (
        <div className="flex items-center gap-2 text-ink-3 text-xs">
          from
          <Input
            type="time"
            aria-label="Quiet from"
            value={String(own.start ?? '')}
            onChange={({ target }) => put('quiet_hours', { ...own, start: target.value })}
          />
          to
          <Input
            type="time"
            aria-label="Quiet until"
            value={String(own.end ?? '')}
            onChange={({ target }) => put('quiet_hours', { ...own, end: target.value })}
          />
        </div>
      )}
    </Block>
  );
}
