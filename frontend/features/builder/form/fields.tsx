'use client';

import type { ReactNode } from 'react';
import { ChipsInput } from '@/components/ui/chips-input';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { SuggestInput } from '@/components/ui/suggest-input';
import { Switch } from '@/components/ui/switch';
import { EventName } from '@/features/rules/event-clauses';
import { useAttributes } from '@/features/rules/queries';
import { RuleBuilder } from '@/features/rules/rule-builder';
import { RuleMatches } from '@/features/rules/rule-matches';
import { WhereEditor } from '@/features/rules/where-editor';
import type { Rule } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { humanize } from '@/lib/format';
import { TIME_ZONES } from '@/lib/time-zones';
import { useBuilder } from '../context';
import { Block } from './block';
import {
  ConnectionField,
  FormField,
  JourneyField,
  ScoreField,
  SegmentField,
  TemplateField,
  TopicField,
} from './choices';
import { JsonField } from './json-field';
import { LiquidInput } from './liquid-input';
import { ListField } from './list-field';
import { MapField } from './map-field';
import { ObjectField } from './object-field';
import { type Scalar, ScalarInput } from './scalar-input';
import type { FieldProps } from './schema-form';
import { DurationField, SpanField } from './span-field';
import { UnionField } from './union-field';
import type { Widget } from './widgets';

const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
const orNothing = (value: string): string | undefined => value || undefined;

function TextField({ label, hint, error, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <LiquidInput {...wiring} value={text(value)} onChange={(next) => onChange(orNothing(next))} />}
    </Field>
  );
}

function LongField({ label, hint, error, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <LiquidInput {...wiring} long value={text(value)} onChange={(next) => onChange(orNothing(next))} />}
    </Field>
  );
}

function CodeField({ label, hint, error, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <LiquidInput {...wiring} long code value={text(value)} onChange={(next) => onChange(orNothing(next))} />
      )}
    </Field>
  );
}

function UrlField({ label, hint, error, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <LiquidInput
          {...wiring}
          placeholder="https://example.com/hook"
          value={text(value)}
          onChange={(next) => onChange(orNothing(next))}
        />
      )}
    </Field>
  );
}

function NumberField({ label, hint, error, schema, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <Input
          {...wiring}
          type="number"
          min={schema.minimum ?? schema.exclusiveMinimum}
          max={schema.maximum}
          step={schema.type === 'integer' ? 1 : 'any'}
          value={text(value ?? schema.default)}
          onChange={({ target }) => onChange(Number.isNaN(target.valueAsNumber) ? undefined : target.valueAsNumber)}
        />
      )}
    </Field>
  );
}

function BooleanField({ label, hint, error, schema, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => <Switch {...wiring} checked={(value ?? schema.default) === true} onChange={onChange} />}
    </Field>
  );
}

function ChoiceField({ label, hint, error, schema, value, required, onChange }: FieldProps) {
  const options = (schema.enum ?? []).map(String);
  const chosen = text(value ?? schema.default);
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <Select {...wiring} value={chosen} onChange={(event) => onChange(orNothing(event.target.value))}>
          {(!required || !options.includes(chosen)) && !schema.default && <option value="">Not set</option>}
          {options.map((option) => (
            <option key={option} value={option}>
              {option === option.toUpperCase() ? option : humanize(option)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

/** Several of a few, such as the days of a week. */
function ChoicesField({ label, hint, error, schema, value, onChange }: FieldProps) {
  const options = (schema.items?.enum ?? []).map(String);
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const toggle = (option: string) => {
    const next = options.filter((each) => (each === option) !== chosen.includes(each));
    onChange(next.length ? next : undefined);
  };
  return (
    <Block label={label} hint={hint} error={error}>
      <div className="flex flex-wrap gap-1">
        {options.map((option) => (
          <button
            key={option}
            type="button"
            aria-pressed={chosen.includes(option)}
            onClick={() => toggle(option)}
            className={cn(
              'h-7 rounded-md border px-2 text-xs pointer-coarse:h-11',
              chosen.includes(option) ? 'border-accent bg-accent-soft text-accent-ink' : 'text-ink-2 hover:bg-hover',
            )}
          >
            {humanize(option)}
          </button>
        ))}
      </div>
    </Block>
  );
}

function TextsField({ label, hint, error, name, value, onChange }: FieldProps) {
  const tags = useAttributes().find((each) => each.name === 'tags')?.values ?? [];
  const isTags = name === 'add' || name === 'remove' || name.includes('tag');
  return (
    <Block label={label} hint={hint} error={error}>
      <ChipsInput
        aria-label={label}
        values={Array.isArray(value) ? value.map(String) : []}
        options={isTags ? tags.map(String) : []}
        onChange={(values) => onChange(values.length ? values : undefined)}
      />
    </Block>
  );
}

function MomentField({ label, hint, error, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <Input
          {...wiring}
          type="datetime-local"
          value={text(value).slice(0, 16)}
          onChange={(event) => onChange(orNothing(event.target.value))}
        />
      )}
    </Field>
  );
}

function NativeField({ type, label, hint, error, schema, value, onChange }: FieldProps & { type: 'date' | 'time' }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <Input
          {...wiring}
          type={type}
          value={text(value ?? schema.default)}
          onChange={(event) => onChange(orNothing(event.target.value))}
        />
      )}
    </Field>
  );
}

const DateField = (props: FieldProps) => <NativeField {...props} type="date" />;
const TimeField = (props: FieldProps) => <NativeField {...props} type="time" />;

function ZoneField({ label, error, schema, value, onChange }: FieldProps) {
  const initial = text(schema.default);
  return (
    <Field label={label} error={error}>
      {(wiring) => (
        <Select
          {...wiring}
          value={text(value ?? initial)}
          onChange={(event) => onChange(orNothing(event.target.value))}
        >
          {initial === '' && <option value="">The workspace’s</option>}
          {initial === 'contact' && <option value="contact">Each person’s own</option>}
          {TIME_ZONES.map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function EventField({ label, hint, error, value, onChange }: FieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {({ id }) => <EventName id={id} value={value} onChange={(event) => onChange(orNothing(event))} />}
    </Field>
  );
}

function AttributeField({ label, hint, error, value, onChange }: FieldProps) {
  const attributes = useAttributes();
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => (
        <SuggestInput
          {...wiring}
          value={text(value)}
          options={attributes.map(({ name }) => name)}
          onChange={(attribute) => onChange(orNothing(attribute))}
        />
      )}
    </Field>
  );
}

function RuleField({ label, hint, error, value, onChange }: FieldProps) {
  const rule = (value ?? null) as Rule | null;
  return (
    <Block label={label} hint={hint} error={error}>
      <RuleBuilder value={rule} onChange={onChange} />
      <RuleMatches rule={rule} />
    </Block>
  );
}

/** Conditions on the properties of the event that the same form, or else the trigger, names. */
function WhereField({ label, hint, error, path, value, onChange }: FieldProps) {
  const event = useBuilder(({ nodes }) => String(nodes.find(({ selected }) => selected)?.data.event ?? ''));
  return (
    <Block label={label} hint={hint} error={error}>
      <WhereEditor
        key={path}
        event={event}
        where={value}
        onChange={(where) => onChange(Object.keys(where).length ? where : undefined)}
      />
    </Block>
  );
}

/** A value of any plain kind, or none. */
function ScalarField({ label, hint, error, schema, value, onChange }: FieldProps) {
  const types = schema.anyOf?.map(({ type }) => type ?? 'string') ?? [];
  return (
    <Block label={label} hint={hint} error={error}>
      <ScalarInput
        none="Any value"
        value={(value ?? null) as Scalar}
        types={[...types, 'null']}
        onChange={(next) => onChange(next ?? undefined)}
      />
    </Block>
  );
}

/** The widget of each kind of field. */
export const FIELDS: Record<Widget, (props: FieldProps) => ReactNode> = {
  attribute: AttributeField,
  boolean: BooleanField,
  choice: ChoiceField,
  choices: ChoicesField,
  code: CodeField,
  connection: ConnectionField,
  date: DateField,
  duration: DurationField,
  event: EventField,
  fixed: () => null,
  form: FormField,
  journey: JourneyField,
  json: JsonField,
  list: ListField,
  map: MapField,
  moment: MomentField,
  number: NumberField,
  object: ObjectField,
  rule: RuleField,
  scalar: ScalarField,
  score: ScoreField,
  segment: SegmentField,
  span: SpanField,
  template: TemplateField,
  text: TextField,
  texts: TextsField,
  time: TimeField,
  topic: TopicField,
  union: UnionField,
  url: UrlField,
  where: WhereField,
  words: LongField,
  zone: ZoneField,
};
