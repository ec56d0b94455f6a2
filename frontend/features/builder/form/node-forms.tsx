'use client';

import type { ReactNode } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segments } from '@/components/ui/segments';
import { isSpan } from '@/lib/nodes/schema';
import { useDebounced } from '@/lib/use-debounced';
import { faultAt } from '../faults';
import { Block } from './block';
import { MailPreview } from './choices';
import { LiquidInput } from './liquid-input';
import { SchemaForm, useScope, type Values, withValue } from './schema-form';

import { SpanInput } from './span-field';

interface FormProps {
  values: Values;
  onChange(values: Values): void;
}

const without = (values: Values, ...names: string[]): Values =>
  names.reduce((rest, name) => withValue(rest, name, undefined), values);

const STARTER_HTML = `<p>Hello {{ contact.first_name | default: "there" }},</p>
<p>write here what you want to say.</p>
<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>`;

/** A mail: one of the templates, or one written for this step alone. */
function MailForm({ values, onChange }: FormProps) {
  const { root } = useScope();
  const isInline = values.inline !== undefined && values.inline !== null;
  const choose = (way: string) =>
    onChange(
      way === 'inline'
        ? { ...without(values, 'template_id'), inline: { subject: '', html: STARTER_HTML } }
        : without(values, 'inline'),
    );
  return (
    <>
      <Segments
        label="Mail"
        value={isInline ? 'inline' : 'template'}
        options={[
          ['template', 'A template'],
          ['inline', 'Written here'],
        ]}
        onChange={choose}
      />
      {isInline && <InlineMail mail={values.inline as Values} onChange={(inline) => onChange({ ...values, inline })} />}
      <SchemaForm
        schema={root}
        hidden={isInline ? ['label', 'inline', 'template_id'] : ['label', 'inline']}
        values={values}
        onChange={onChange}
      />
    </>
  );
}

function InlineMail({ mail, onChange }: { mail: Values; onChange(mail: Values): void }) {
  const { faults } = useScope();
  const body = mail.mjml ? 'mjml' : 'html';
  const shown = useDebounced(mail, 500);
  const text = (name: string) => String(mail[name] ?? '');
  const put = (name: string) => (value: string) => onChange({ ...mail, [name]: value });
  return (
    <>
      <Field label="Subject" error={faultAt(faults, 'inline.subject')}>
        {(wiring) => <LiquidInput {...wiring} value={text('subject')} onChange={put('subject')} />}
      </Field>
      <Field label="Preheader" hint="The grey words after the subject in a list of mails.">
        {(wiring) => <LiquidInput {...wiring} value={text('preheader')} onChange={put('preheader')} />}
      </Field>
      <Segments
        label="Body"
        value={body}
        options={[
          ['html', 'HTML'],
          ['mjml', 'MJML'],
        ]}
        onChange={(to) => onChange({ ...without(mail, body), [to]: mail[body] })}
      />
      <Field label="Content" error={faultAt(faults, `inline.${body}`) ?? faultAt(faults, 'inline')}>
        {(wiring) => <LiquidInput {...wiring} long code value={text(body)} onChange={put(body)} />}
      </Field>
      <MailPreview mail={shown} />
    </>
  );
}

/** A segment that has a name, or a rule of the trigger's own. */
function SegmentTriggerForm({ values, onChange }: FormProps) {
  const { root } = useScope();
  const isRule = values.rule !== undefined && values.rule !== null;
  return (
    <>
      <Segments
        label="Who"
        value={isRule ? 'rule' : 'segment'}
        options={[
          ['segment', 'A segment'],
          ['rule', 'A rule'],
        ]}
        onChange={(to) =>
          onChange(to === 'rule' ? { ...without(values, 'segment_id'), rule: { all: [] } } : without(values, 'rule'))
        }
      />
      <SchemaForm
        schema={root}
        hidden={['label', isRule ? 'segment_id' : 'rule', ...(values.on === 'left' ? ['existing'] : [])]}
        values={values}
        onChange={(next) => onChange(next.on === 'left' ? without(next, 'existing') : next)}
      />
    </>
  );
}

const MOMENTS: Record<string, string[]> = {
  time: ['time', 'time_zone'],
  weekday: ['weekday', 'time', 'time_zone'],
  at: ['at', 'time_zone'],
  attribute: ['attribute', 'offset_days', 'time', 'time_zone'],
};

/** The next time of day, a weekday, a date, or a date of the person's own. */
function WaitUntilForm({ values, onChange }: FormProps) {
  const { root } = useScope();
  const mode = ['at', 'attribute', 'weekday'].find((name) => name in values) ?? 'time';
  const names = Object.keys(root.properties ?? {});
  const known = new Set(Object.values(MOMENTS).flat());
  const choose = (to: string) => {
    const kept = without(values, 'at', 'attribute', 'weekday', 'offset_days', ...(to === 'at' ? ['time'] : []));
    const began: Values = {
      time: { time: kept.time ?? '09:00' },
      weekday: { weekday: ['monday'], time: kept.time ?? '09:00' },
    }[to] ?? { [to]: '' };
    onChange({ ...kept, ...began });
  };
  return (
    <>
      <Segments
        label="Until"
        value={mode}
        options={[
          ['time', 'Time'],
          ['weekday', 'Weekday'],
          ['at', 'Date'],
          ['attribute', 'Their date'],
        ]}
        onChange={choose}
      />
      <SchemaForm
        schema={root}
        hidden={['label', ...names.filter((name) => known.has(name) && !MOMENTS[mode]?.includes(name))]}
        values={values}
        onChange={(next) =>
          onChange(mode in next || mode === 'time' ? next : { ...next, [mode]: mode === 'weekday' ? [] : '' })
        }
      />
    </>
  );
}

const SCHEDULES: Record<string, string[]> = {
  once: ['at'],
  day: ['time'],
  week: ['weekday', 'time'],
  month: ['day', 'time'],
};
const SCHEDULED = ['at', 'every', 'time', 'weekday', 'day'];

/** Once, or every day, week or month. */
function ScheduleForm({ values, onChange }: FormProps) {
  const { root, faults } = useScope();
  const mode = values.every ? String(values.every) : 'once';
  const choose = (to: string) => {
    const kept = without(values, ...SCHEDULED);
    const time = values.time ?? '09:00';
    const began: Values =
      {
        day: { every: 'day', time },
        week: { every: 'week', weekday: ['monday'], time },
        month: { every: 'month', day: 1, time },
      }[to] ?? {};
    onChange({ ...kept, ...began });
  };
  return (
    <>
      <Block label="How often" error={faultAt(faults, 'every')}>
        <Segments
          label="How often"
          value={mode}
          options={[
            ['once', 'Once'],
            ['day', 'Daily'],
            ['week', 'Weekly'],
            ['month', 'Monthly'],
          ]}
          onChange={choose}
        />
      </Block>
      <SchemaForm
        schema={root}
        hidden={['label', ...SCHEDULED.filter((name) => !SCHEDULES[mode]?.includes(name))]}
        values={values}
        onChange={onChange}
      />
    </>
  );
}

const OWN: Record<string, (props: FormProps) => ReactNode> = {
  send_email: MailForm,
  schedule_trigger: ScheduleForm,
  segment_trigger: SegmentTriggerForm,
  wait_until: WaitUntilForm,
};

/** The form of a kind of node: our own where its fields depend on each other, else what its schema asks for. */
export function NodeForm({ kind, values, onChange }: FormProps & { kind: string }) {
  const { root, faults } = useScope();
  const Own = OWN[kind];
  if (Own) return <Own values={values} onChange={onChange} />;
  if (isSpan(root)) {
    const units = ['days', 'hours', 'minutes', 'seconds'];
    const rest = without(values, ...units);
    const span = Object.fromEntries(units.flatMap((unit) => (unit in values ? [[unit, values[unit]]] : [])));
    return (
      <>
        <Block label="How long" error={units.map((unit) => faultAt(faults, unit)).find(Boolean)}>
          <SpanInput label="How long" value={span} onChange={(next) => onChange({ ...rest, ...next })} />
        </Block>
        <SchemaForm schema={root} hidden={['label', ...units]} values={values} onChange={onChange} />
      </>
    );
  }
  return <SchemaForm schema={root} hidden={['label']} values={values} onChange={onChange} />;
}

/** The name of a step, for people. */
export function NameField({ id, title, values, onChange }: FormProps & { id: string; title: string }) {
  return (
    <Field label="Name">
      {(wiring) => (
        <Input
          {...wiring}
          data-name-of={id}
          maxLength={100}
          placeholder={title}
          value={String(values.label ?? '')}
          onChange={(event) => onChange(withValue(values, 'label', event.target.value || undefined))}
        />
      )}
    </Field>
  );
}
