'use client';

import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Rows, removed, replaced } from '@/components/ui/rows';
import type { JsonSchema } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { humanize } from '@/lib/format';
import { newItems, resolve } from '@/lib/nodes/schema';
import { Block } from './block';
import { type FieldProps, SchemaField, SchemaForm, useScope, type Values, withValue } from './schema-form';
import { widgetFor } from './widgets';

/** Several of the same: rules, ways out of a node, or fields that belong together. */
export function ListField({ label, hint, error, name, path, schema, value, onChange }: FieldProps) {
  const { root } = useScope();
  const items = resolve(schema.items ?? {}, root);
  const list = Array.isArray(value) ? (value as Values[]) : [];
  const isObjects = !!items.properties;
  const isWeighted = !!items.properties?.weight;
  const one = widgetFor(name, items) === 'rule' ? 'Condition' : humanize(name.replace(/s$/, ''));
  const most = schema.maxItems ?? Number.POSITIVE_INFINITY;
  const put = (next: unknown[]) => onChange(next.length || schema.minItems ? next : undefined);
  const add = () => {
    const taken = list.map(({ id }) => String(id));
    put([...list, ...(isObjects && items.properties?.id ? weighed(newItems(items, 1, taken)) : [blankOf(items)])]);
  };
  return (
    <Block label={label} hint={isWeighted ? undefined : hint} error={error}>
      <Rows items={list}>
        {(item, index) => (
          <div className="relative grid gap-3 rounded-lg border p-3">
            <header className="flex items-center gap-1 text-ink-2 text-xs">
              <span className="flex-1 font-medium">{titleOf(item, one, index)}</span>
              <Button
                look="quiet"
                size="sm"
                aria-label={`Move ${one} ${index + 1} up`}
                disabled={index === 0}
                onClick={() => put(swapped(list, index))}
              >
                <ArrowUp />
              </Button>
              <Button
                look="quiet"
                size="sm"
                aria-label={`Move ${one} ${index + 1} down`}
                disabled={index === list.length - 1}
                onClick={() => put(swapped(list, index + 1))}
              >
                <ArrowDown />
              </Button>
              <Button
                look="quiet"
                size="sm"
                aria-label={`Remove ${one} ${index + 1}`}
                disabled={list.length <= (schema.minItems ?? 0)}
                onClick={() => put(removed(list, index))}
              >
                <X />
              </Button>
            </header>
            {isObjects ? (
              <Item
                schema={items}
                path={`${path}.${index}`}
                item={item}
                onChange={(next) => put(replaced(list, index, next))}
              />
            ) : (
              <SchemaField
                name={one}
                label={one}
                path={`${path}.${index}`}
                schema={schema.items ?? {}}
                required
                value={item}
                onChange={(next) =>
                  put(next === undefined ? removed(list, index) : replaced<unknown>(list, index, next))
                }
              />
            )}
          </div>
        )}
      </Rows>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" disabled={list.length >= most} onClick={add}>
          <Plus /> {one}
        </Button>
        {isWeighted && <Weights items={list} onChange={put} />}
      </div>
    </Block>
  );
}

const titleOf = (item: Values, one: string, index: number) => String(item?.label || `${one} ${index + 1}`);

function swapped<T>(list: T[], index: number): T[] {
  const [before, after] = [list[index - 1] as T, list[index] as T];
  return list.with(index - 1, after).with(index, before);
}

const BLANKS: Record<string, unknown> = { string: '', integer: 0, number: 0, boolean: false, array: [] };

const blankOf = (items: JsonSchema): unknown =>
  items.properties || items.type === 'object'
    ? {}
    : widgetFor('', items) === 'rule'
      ? { all: [] }
      : (BLANKS[items.type ?? ''] ?? '');

/** A way out that is added to a full hundred begins with nothing much, so that the others stay as they are. */
const weighed = (items: Values[]): Values[] => items.map((item) => ('weight' in item ? { ...item, weight: 10 } : item));

function Item({
  schema,
  path,
  item,
  onChange,
}: {
  schema: JsonSchema;
  path: string;
  item: Values;
  onChange(item: Values): void;
}) {
  const hidden = ['id', 'label', 'weight'].filter((name) => schema.properties?.[name]);
  return (
    <>
      {(hidden.includes('label') || hidden.includes('weight')) && (
        <div className="flex items-center gap-2">
          {hidden.includes('label') && (
            <Input
              aria-label="Name"
              placeholder="Name"
              maxLength={100}
              value={String(item.label ?? '')}
              onChange={(event) => onChange(withValue(item, 'label', event.target.value || undefined))}
            />
          )}
          {hidden.includes('weight') && (
            <span className="flex shrink-0 items-center gap-1 text-ink-3 text-sm">
              <Input
                type="number"
                min={1}
                step="any"
                aria-label="Share in percent"
                className="num w-20"
                value={String(item.weight ?? '')}
                onChange={(event) => onChange({ ...item, weight: event.target.valueAsNumber || 0 })}
              />
              %
            </span>
          )}
        </div>
      )}
      <SchemaForm schema={schema} path={path} hidden={hidden} values={item} onChange={onChange} />
    </>
  );
}

/** Shares that make a hundred: what they sum up to, and a way to make it so. */
function Weights({ items, onChange }: { items: Values[]; onChange(items: Values[]): void }) {
  const total = items.reduce((sum, { weight }) => sum + Number(weight ?? 0), 0);
  const share = (index: number) => Math.floor(100 / items.length) + (index < 100 % items.length ? 1 : 0);
  const scaled = () => {
    const rounded = items.map(({ weight }) => Math.max(1, Math.round((Number(weight ?? 0) / (total || 1)) * 100)));
    const rest = 100 - rounded.reduce((sum, each) => sum + each, 0);
    onChange(items.map((item, index) => ({ ...item, weight: (rounded[index] ?? 0) + (index === 0 ? rest : 0) })));
  };
  return (
    <>
      <span className={cn('num text-xs', total === 100 ? 'text-ink-3' : 'text-warn')}>{total} % in all</span>
      {total !== 100 && (
        <Button size="sm" look="quiet" onClick={scaled}>
          Make it 100 %
        </Button>
      )}
      <Button
        size="sm"
        look="quiet"
        onClick={() => onChange(items.map((item, index) => ({ ...item, weight: share(index) })))}
      >
        Even out
      </Button>
    </>
  );
}
