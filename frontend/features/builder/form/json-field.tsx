'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/input';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { Block } from './block';
import { LiquidInput } from './liquid-input';
import { type Scalar, ScalarInput } from './scalar-input';
import type { FieldProps } from './schema-form';

type Json = Scalar | Json[] | { [name: string]: Json };

const FORMS = { nothing: 'Nothing', text: 'Text', fields: 'Fields', list: 'List' } as const;
type Form = keyof typeof FORMS;

const formOf = (value: unknown): Form => {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'fields' : 'text';
};

const BLANK: Record<Form, Json | undefined> = { nothing: undefined, text: '', fields: { '': '' }, list: [''] };

/** Any JSON, such as the body of a request, put together from texts, fields and lists. */
export function JsonField({ label, hint, error, value, onChange }: FieldProps) {
  const form = formOf(value);
  return (
    <Block label={label} hint={hint} error={error}>
      <Select
        aria-label={`${label}: form`}
        value={form}
        onChange={({ target }) => onChange(BLANK[target.value as Form])}
      >
        {Object.entries(FORMS).map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </Select>
      {form === 'text' && <LiquidInput long aria-label={label} value={String(value)} onChange={onChange} />}
      {(form === 'fields' || form === 'list') && <Part value={value as Json} onChange={onChange} />}
    </Block>
  );
}

/** A part of it: fields and lists hold further parts. */
function Part({ value, onChange }: { value: Json; onChange(value: Json): void }) {
  if (Array.isArray(value)) return <Items list={value} onChange={onChange} />;
  if (typeof value === 'object' && value !== null) return <Fields fields={value} onChange={onChange} />;
  return <ScalarInput value={value} types={['string', 'number', 'boolean', 'null']} onChange={onChange} />;
}

const INDENT = 'grid gap-2 border-l pl-2';

function Fields({ fields, onChange }: { fields: { [name: string]: Json }; onChange(value: Json): void }) {
  const rows = Object.entries(fields);
  const put = (next: [string, Json][]) => onChange(Object.fromEntries(next));
  return (
    <div className={INDENT}>
      <Rows items={rows}>
        {([name, each], index) => (
          <div className="grid gap-1">
            <div className="flex gap-1">
              <Input
                aria-label="Name"
                placeholder="Name"
                value={name}
                onChange={(event) => put(replaced<[string, Json]>(rows, index, [event.target.value, each]))}
              />
              <Button
                look="quiet"
                size="icon"
                aria-label={`Remove ${name || 'this field'}`}
                onClick={() => put(removed(rows, index))}
              >
                <X />
              </Button>
            </div>
            <Part value={each} onChange={(next) => put(replaced<[string, Json]>(rows, index, [name, next]))} />
          </div>
        )}
      </Rows>
      <Add onAdd={(value) => put([...rows, [freshName(fields), value]])} />
    </div>
  );
}

function Items({ list, onChange }: { list: Json[]; onChange(value: Json): void }) {
  return (
    <div className={INDENT}>
      <Rows items={list}>
        {(each, index) => (
          <div className="flex gap-1">
            <div className="min-w-0 flex-1">
              <Part value={each} onChange={(next) => onChange(replaced(list, index, next))} />
            </div>
            <Button
              look="quiet"
              size="icon"
              aria-label="Remove this item"
              onClick={() => onChange(removed(list, index))}
            >
              <X />
            </Button>
          </div>
        )}
      </Rows>
      <Add onAdd={(value) => onChange([...list, value])} />
    </div>
  );
}

function freshName(fields: object): string {
  let n = Object.keys(fields).length + 1;
  while (`field_${n}` in fields) n += 1;
  return `field_${n}`;
}

function Add({ onAdd }: { onAdd(value: Json): void }) {
  return (
    <div className="flex flex-wrap gap-1">
      <Button look="quiet" size="sm" onClick={() => onAdd('')}>
        <Plus /> Value
      </Button>
      <Button look="quiet" size="sm" onClick={() => onAdd({ name: '' })}>
        <Plus /> Fields
      </Button>
      <Button look="quiet" size="sm" onClick={() => onAdd([''])}>
        <Plus /> List
      </Button>
    </div>
  );
}
