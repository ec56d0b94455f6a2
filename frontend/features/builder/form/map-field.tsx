'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { SuggestInput } from '@/components/ui/suggest-input';
import { useAttributes } from '@/features/rules/queries';
import type { JsonSchema } from '@/lib/api/types';
import { Block } from './block';
import { type Scalar, ScalarInput } from './scalar-input';
import type { FieldProps } from './schema-form';

type Entry = [name: string, value: Scalar];

const typesOf = ({ additionalProperties, patternProperties }: JsonSchema): string[] => {
  const values =
    typeof additionalProperties === 'object' ? additionalProperties : Object.values(patternProperties ?? {})[0];
  return values?.anyOf?.map(({ type }) => type ?? 'string') ?? [values?.type ?? 'string'];
};

/** Names with values, such as attributes to set or headers to send. */
export function MapField({ label, hint, error, name, schema, value, onChange }: FieldProps) {
  const attributes = useAttributes().map((each) => each.name);
  const [rows, setRows] = useState<Entry[]>(() => Object.entries((value ?? {}) as Record<string, Scalar>));
  const [written, setWritten] = useState(value);
  // A change from outside, such as an undo: begin anew from what is there now.
  if (value !== written) {
    setWritten(value);
    setRows(Object.entries((value ?? {}) as Record<string, Scalar>));
  }
  const types = typesOf(schema);
  const put = (next: Entry[]) => {
    const named = Object.fromEntries(next.filter(([each]) => each));
    const said = Object.keys(named).length || schema.minProperties ? named : undefined;
    setRows(next);
    setWritten(said);
    onChange(said);
  };
  return (
    <Block label={label} hint={hint} error={error}>
      <Rows items={rows}>
        {([key, each], index) => (
          <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-1.5 rounded-lg border p-2">
            <SuggestInput
              aria-label="Name"
              placeholder="Name"
              value={key}
              options={name === 'set' ? attributes : []}
              onChange={(next) => put(replaced<Entry>(rows, index, [next, each]))}
            />
            <Button
              look="quiet"
              size="icon"
              aria-label={`Remove ${key || 'this'}`}
              onClick={() => put(removed(rows, index))}
            >
              <X />
            </Button>
            <div className="col-span-2">
              <ScalarInput
                value={each}
                types={types}
                onChange={(next) => put(replaced<Entry>(rows, index, [key, next]))}
              />
            </div>
          </div>
        )}
      </Rows>
      <Button size="sm" className="justify-self-start" onClick={() => put([...rows, ['', '']])}>
        <Plus /> {name === 'set' ? 'Attribute' : name === 'headers' ? 'Header' : 'Value'}
      </Button>
    </Block>
  );
}
