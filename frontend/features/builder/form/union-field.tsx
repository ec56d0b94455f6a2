'use client';

import { Select } from '@/components/ui/input';
import type { JsonSchema } from '@/lib/api/types';
import { humanize } from '@/lib/format';
import { resolve } from '@/lib/nodes/schema';
import { Block } from './block';
import { type FieldProps, SchemaForm, useScope, type Values } from './schema-form';
import { membersOf } from './widgets';

/** What tells one shape from the others: the fields that can have only one value. */
const marksOf = ({ properties = {} }: JsonSchema): Values =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, { const: only }]) => (only === undefined ? [] : [[name, only]])),
  );

const fits = (value: Values, schema: JsonSchema): boolean => {
  const marks = Object.entries(marksOf(schema));
  const names = Object.keys(schema.properties ?? {});
  return marks.length
    ? marks.every(([name, only]) => value[name] === only)
    : Object.keys(value).every((name) => names.includes(name));
};

/** One of several shapes, each with fields of its own. */
export function UnionField({ label, hint, error, path, schema, value, required, onChange }: FieldProps) {
  const { root } = useScope();
  const shapes = membersOf(schema).map((member) => resolve(member, root));
  const values = value as Values | undefined;
  const index = values ? shapes.findIndex((shape) => fits(values, shape)) : -1;
  const shape = shapes[index];
  return (
    <Block label={label} hint={hint} error={error}>
      <Select
        aria-label={label}
        value={String(index)}
        onChange={({ target }) => {
          const chosen = shapes[Number(target.value)];
          onChange(chosen && marksOf(chosen));
        }}
      >
        {(!required || index < 0) && <option value="-1">Not set</option>}
        {shapes.map(({ title = '' }, at) => (
          <option key={title} value={at}>
            {humanize(title.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase())}
          </option>
        ))}
      </Select>
      {shape && (
        <div className="grid gap-3 rounded-lg border p-3">
          <SchemaForm schema={shape} path={path} values={values ?? {}} onChange={onChange} />
        </div>
      )}
    </Block>
  );
}
