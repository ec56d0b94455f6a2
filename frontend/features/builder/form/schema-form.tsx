'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { GraphFault, JsonSchema } from '@/lib/api/types';
import { humanize } from '@/lib/format';
import { resolve } from '@/lib/nodes/schema';
import { faultAt } from '../faults';
import { FIELDS } from './fields';
import { widgetFor } from './widgets';

export type Values = Record<string, unknown>;

interface Scope {
  /** The whole schema, where its references lead to. */
  root: JsonSchema;
  faults: readonly GraphFault[];
}

const Context = createContext<Scope>({ root: {}, faults: [] });

export const useScope = () => useContext(Context);

export const ScopeProvider = ({ root, faults, children }: Scope & { children: ReactNode }) => (
  <Context value={{ root, faults }}>{children}</Context>
);

/** What every field of a form is given. */
export interface FieldProps {
  name: string;
  /** The way to it in the whole, `paths.0.rule`, as the server names what is wrong. */
  path: string;
  label: string;
  hint?: string;
  error?: string;
  schema: JsonSchema;
  value: unknown;
  required: boolean;
  /** Undefined takes the field out. */
  onChange(value: unknown): void;
}

interface Props {
  schema: JsonSchema;
  values: Values;
  onChange(values: Values): void;
  /** Fields that are shown elsewhere. */
  hidden?: readonly string[];
  path?: string;
}

const TITLED: Record<string, string> = {
  where: 'Only if',
  template_id: 'Template',
  segment_id: 'Segment',
  journey_id: 'Journey',
  url: 'URL',
  at: 'At',
};

/** A name as a label: the schema's own title where somebody wrote one, else the name in words. */
export function labelOf(name: string, schema: JsonSchema): string {
  if (TITLED[name]) return TITLED[name];
  const words = humanize(name);
  const isWritten = schema.title && schema.title.toLowerCase() !== words.toLowerCase() && schema.title.includes(' ');
  return isWritten ? String(schema.title) : words;
}

/** The fields that a JSON Schema asks for, each by the widget that fits it. */
export function SchemaForm({ schema, values, onChange, hidden = [], path = '' }: Props) {
  const names = Object.keys(schema.properties ?? {}).filter((name) => !hidden.includes(name));
  return names.map((name) => (
    <SchemaField
      key={name}
      name={name}
      path={path ? `${path}.${name}` : name}
      schema={schema.properties?.[name] ?? {}}
      required={schema.required?.includes(name) ?? false}
      value={values[name]}
      onChange={(value) => onChange(withValue(values, name, value))}
    />
  ));
}

export function withValue(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = values;
  return value === undefined ? others : { ...values, [name]: value };
}

interface OneProps extends Pick<FieldProps, 'name' | 'path' | 'value' | 'required' | 'onChange'> {
  schema: JsonSchema;
  label?: string;
}

/** One field of a schema. */
export function SchemaField({ name, path, schema, label, ...props }: OneProps) {
  const { root, faults } = useScope();
  const found = resolve(schema, root);
  const resolved = found.items ? { ...found, items: resolve(found.items, root) } : found;
  const widget = widgetFor(name, resolved);
  const Field = FIELDS[widget];
  return (
    <Field
      {...props}
      name={name}
      path={path}
      label={label ?? labelOf(name, resolved)}
      hint={schema.description ?? (widget === 'object' || widget === 'span' ? undefined : resolved.description)}
      error={faultAt(faults, path)}
      schema={resolved}
    />
  );
}
