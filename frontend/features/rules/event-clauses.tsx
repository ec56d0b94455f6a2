'use client';

import { ArrowDown, Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/input';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { SuggestInput } from '@/components/ui/suggest-input';
import type { Rule } from '@/lib/api/types';
import { without } from '@/lib/rules/tree';
import type { ClauseProps } from './clause-props';
import { useEventNames, useEventProperties } from './queries';
import { SpanInput } from './span-input';
import { WhereEditor } from './where-editor';
import { Within } from './within';

/** The name of an event, of those that came in or any other. */
export function EventName({ value, onChange, id }: { value: unknown; onChange(name: string): void; id?: string }) {
  return (
    <SuggestInput
      id={id}
      aria-label={id ? undefined : 'Event'}
      placeholder="Event, such as Order Completed"
      value={typeof value === 'string' ? value : ''}
      options={useEventNames()}
      onChange={onChange}
    />
  );
}

const COUNTS: [string, string][] = [
  ['at_least', 'at least'],
  ['at_most', 'at most'],
  ['exactly', 'exactly'],
  ['never', 'never'],
];

/** Did an event so often, within a span, with these properties and this sum. */
export function EventClause({ rule, onChange }: ClauseProps) {
  const change = (part: Rule) => onChange({ ...rule, ...part });
  const op = typeof rule.op === 'string' ? rule.op : 'at_least';
  return (
    <div className="grid gap-1.5">
      <EventName value={rule.event} onChange={(event) => change({ event })} />
      <div className="flex flex-wrap items-start gap-1.5">
        <Select
          aria-label="How often"
          className="min-w-24 flex-1"
          value={op}
          onChange={({ target }) =>
            onChange(
              target.value === 'never'
                ? { ...without(rule, 'count', 'sum'), op: 'never' }
                : { count: 1, ...rule, op: target.value },
            )
          }
        >
          {COUNTS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        {op !== 'never' && (
          <span className="flex items-center gap-1.5">
            <Input
              type="number"
              min={0}
              aria-label="Times"
              className="w-18"
              value={Number(rule.count ?? 1)}
              onChange={(event) => change({ count: Math.max(0, Math.round(event.target.valueAsNumber) || 0) })}
            />
            <span className="text-ink-3 text-xs">times</span>
          </span>
        )}
        <div className="min-w-32 flex-1">
          <Within rule={rule} onChange={onChange} />
        </div>
      </div>
      {op !== 'never' && <SumEditor rule={rule} onChange={onChange} />}
      <WhereEditor
        event={String(rule.event ?? '')}
        where={rule.where}
        onChange={(where) => onChange(Object.keys(where).length ? { ...rule, where } : without(rule, 'where'))}
      />
    </div>
  );
}

const SUMS: [string, string][] = [
  ['gte', 'at least'],
  ['gt', 'more than'],
  ['lte', 'at most'],
  ['lt', 'less than'],
  ['eq', 'exactly'],
];

/** A condition on the sum of a property over these events, such as what somebody spent. */
function SumEditor({ rule, onChange }: ClauseProps) {
  const properties = useEventProperties(String(rule.event ?? ''));
  const sum = rule.sum as Rule | undefined;
  if (!sum) {
    return (
      <Button
        look="quiet"
        size="sm"
        className="justify-self-start"
        onClick={() => onChange({ ...rule, sum: { property: '', op: 'gte', value: 100 } })}
      >
        <Plus /> Sum of a property
      </Button>
    );
  }
  const change = (part: Rule) => onChange({ ...rule, sum: { ...sum, ...part } });
  return (
    <div className="flex items-center gap-1.5">
      <span className="text-ink-3 text-xs">sum of</span>
      <div className="min-w-16 flex-1">
        <SuggestInput
          aria-label="Summed property"
          placeholder="Property"
          value={String(sum.property ?? '')}
          options={properties.filter(({ type }) => type === 'number').map(({ name }) => name)}
          onChange={(property) => change({ property })}
        />
      </div>
      <Select
        aria-label="Sum, comparison"
        className="w-26"
        value={String(sum.op)}
        onChange={(event) => change({ op: event.target.value })}
      >
        {SUMS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <Input
        type="number"
        step="any"
        aria-label="Sum"
        className="w-20"
        value={Number(sum.value ?? 0)}
        onChange={(event) => change({ value: event.target.valueAsNumber || 0 })}
      />
      <Button look="quiet" size="icon" aria-label="Remove the sum" onClick={() => onChange(without(rule, 'sum'))}>
        <X />
      </Button>
    </div>
  );
}

/** Events one after another, the last no later than a span after the first. */
export function SequenceClause({ rule, onChange }: ClauseProps) {
  const steps = Array.isArray(rule.sequence) ? (rule.sequence as Rule[]) : [];
  const change = (sequence: Rule[]) => onChange({ ...rule, sequence });
  return (
    <div className="grid gap-1.5">
      <Rows items={steps}>
        {(step, index) => (
          <div className="grid gap-1.5 rounded-md border p-2">
            <div className="flex items-center gap-1.5">
              {index > 0 && <ArrowDown aria-label="then" className="size-4 shrink-0 text-ink-3" />}
              <EventName value={step.event} onChange={(event) => change(replaced(steps, index, { ...step, event }))} />
              {steps.length > 2 && (
                <Button
                  look="quiet"
                  size="icon"
                  aria-label="Remove this event"
                  onClick={() => change(removed(steps, index))}
                >
                  <X />
                </Button>
              )}
            </div>
            <WhereEditor
              event={String(step.event ?? '')}
              where={step.where}
              onChange={(where) =>
                change(replaced(steps, index, Object.keys(where).length ? { ...step, where } : without(step, 'where')))
              }
            />
          </div>
        )}
      </Rows>
      <div className="flex flex-wrap items-center gap-2">
        <Button look="quiet" size="sm" onClick={() => change([...steps, { event: '' }])}>
          <Plus /> Then
        </Button>
        <span className="text-ink-3 text-xs">all within</span>
        <SpanInput label="All within" value={rule.within} onChange={(within) => onChange({ ...rule, within })} />
      </div>
    </div>
  );
}
