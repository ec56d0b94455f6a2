import type { JsonSchema } from './api/types';
import { humanize } from './format';

/** One input of a flat settings form. */
export interface SchemaField {
  name: string;
  label: string;
  hint?: string;
  kind: 'text' | 'password' | 'number' | 'boolean' | 'choice';
  options: string[];
  initial?: string;
  required: boolean;
  /** Whether nothing at all is a value, too. */
  nullable: boolean;
}

/** Follows a reference and drops the null that an optional value adds. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref, anyOf, ...own } = schema;
  const named = $ref ? root.$defs?.[$ref.split('/').at(-1) ?? ''] : undefined;
  const real = anyOf?.find(({ type }) => type !== 'null');
  return { ...(named && resolve(named, root)), ...(real && resolve(real, root)), ...own };
}

function kindOf({ enum: options, type, format, writeOnly }: JsonSchema): SchemaField['kind'] {
  if (options) return 'choice';
  if (type === 'boolean') return 'boolean';
  if (type === 'integer' || type === 'number') return 'number';
  return format === 'password' || writeOnly ? 'password' : 'text';
}

/** The inputs that a flat JSON Schema asks for, in its order. */
export function fieldsOf(root: JsonSchema): SchemaField[] {
  return Object.entries(root.properties ?? {}).map(([name, property]) => {
    const schema = resolve(property, root);
    return {
      name,
      label: schema.title ?? humanize(name),
      hint: schema.description,
      kind: kindOf(schema),
      options: (schema.enum ?? []).map(String),
      initial: schema.default === undefined || schema.default === null ? undefined : String(schema.default),
      required: root.required?.includes(name) ?? false,
      nullable: property.anyOf?.some(({ type }) => type === 'null') ?? false,
    };
  });
}

/** The values of a form as the schema's types; what was left empty is left out. */
export function valuesOf(fields: SchemaField[], form: Record<string, string>): Record<string, unknown> {
  const given = fields.flatMap(({ name, kind }): [string, unknown][] => {
    const text = form[name] ?? '';
    if (kind === 'boolean') return [[name, text === 'on']];
    if (text === '') return [];
    return [[name, kind === 'number' ? Number(text) : text]];
  });
  return Object.fromEntries(given);
}

/** The inputs with what is set now in them; secrets are never shown, and need not be given again. */
export const filledWith = (fields: SchemaField[], values: Record<string, unknown>): SchemaField[] =>
  fields.map((field) => {
    if (field.kind === 'password') return { ...field, required: false };
    const value = values[field.name];
    return { ...field, initial: value === undefined || value === null ? undefined : String(value) };
  });

/** The values of a form that changes what is set: what was emptied is taken away, but for secrets, which stay. */
export function changesOf(fields: SchemaField[], form: Record<string, string>): Record<string, unknown> {
  const emptied = fields.filter(({ name, kind }) => kind !== 'boolean' && kind !== 'password' && !form[name]);
  const taken = emptied.map(({ name, nullable }) => [name, nullable ? null : '']);
  return { ...Object.fromEntries(taken), ...valuesOf(fields, form) };
}
