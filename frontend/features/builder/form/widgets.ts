import type { JsonSchema } from '@/lib/api/types';
import { isSpan } from '@/lib/nodes/schema';

export type Widget =
  | 'attribute'
  | 'boolean'
  | 'choice'
  | 'choices'
  | 'code'
  | 'connection'
  | 'date'
  | 'duration'
  | 'event'
  | 'fixed'
  | 'form'
  | 'json'
  | 'journey'
  | 'list'
  | 'map'
  | 'moment'
  | 'number'
  | 'object'
  | 'rule'
  | 'scalar'
  | 'score'
  | 'segment'
  | 'span'
  | 'template'
  | 'text'
  | 'texts'
  | 'time'
  | 'topic'
  | 'union'
  | 'url'
  | 'where'
  | 'words'
  | 'zone';

const BY_NAME: Record<string, Widget> = {
  template_id: 'template',
  segment: 'segment',
  segment_id: 'segment',
  form: 'form',
  journey: 'journey',
  journey_id: 'journey',
  topic: 'topic',
  model: 'score',
  provider: 'connection',
  connection: 'connection',
  time_zone: 'zone',
  event: 'event',
  attribute: 'attribute',
  html: 'code',
  mjml: 'code',
  body: 'words',
  text: 'words',
  url: 'url',
};

/** Names that only a text is meant by: `where` or a rule under one of them stays what its schema says. */
const isText = ({ type, anyOf }: JsonSchema) => type === 'string' || (!type && !anyOf);

const mentions = ({ oneOf = [], anyOf = [] }: JsonSchema, name: string): boolean =>
  [...oneOf, ...anyOf].some(({ $ref }) => $ref?.endsWith(`/${name}`));

const isRule = (schema: JsonSchema): boolean => mentions(schema, 'AttributeRule') || mentions(schema, 'All');
const valuesOf = ({ additionalProperties, patternProperties }: JsonSchema): JsonSchema | undefined =>
  typeof additionalProperties === 'object' ? additionalProperties : Object.values(patternProperties ?? {})[0];

const PLAIN = ['boolean', 'integer', 'number', 'string'];
const isPlain = ({ type, anyOf }: JsonSchema): boolean =>
  PLAIN.includes(type ?? '') || (!!anyOf && anyOf.every((member) => [...PLAIN, 'null'].includes(member.type ?? '')));

/** The shapes that a value may have, each with fields of its own. */
export const membersOf = ({ oneOf, anyOf }: JsonSchema): JsonSchema[] =>
  (oneOf ?? anyOf ?? []).filter(({ $ref, properties }) => $ref || properties);
const isScalar = ({ type, anyOf }: JsonSchema): boolean =>
  !type && !!anyOf?.length && anyOf.every((member) => PLAIN.includes(member.type ?? ''));

/** The widget for a field, from what the schema says of it; its name tells what a plain text stands for. */
export function widgetFor(name: string, schema: JsonSchema): Widget {
  if (schema['x-widget']) return schema['x-widget'] as Widget;
  if (schema.const !== undefined) return 'fixed';
  if (isRule(schema)) return 'rule';
  if (membersOf(schema).length > 1) return 'union';
  const values = valuesOf(schema);
  if (values) return mentions(values, 'Comparison') ? 'where' : isPlain(values) ? 'map' : 'json';
  if (isSpan(schema)) return 'span';
  if (schema.properties) return 'object';
  if (schema.enum) return 'choice';
  if (schema.type === 'array') {
    if (schema.items?.enum) return 'choices';
    return schema.items?.type === 'string' ? 'texts' : 'list';
  }
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.format === 'date-time') return 'moment';
  if (schema.format === 'duration') return 'duration';
  if (schema.format === 'date') return 'date';
  if (schema.format === 'time' || schema.pattern?.includes('[0-5]\\d')) return 'time';
  const named = BY_NAME[name];
  if (named && isText(schema) && !(name === 'body' && !schema.type)) return named;
  if (isScalar(schema)) return 'scalar';
  if (schema.type !== 'string') return 'json';
  return (schema.maxLength ?? 0) > 500 ? 'words' : 'text';
}
