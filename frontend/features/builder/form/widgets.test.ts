import { expect, test } from 'vitest';
import type { JsonSchema } from '@/lib/api/types';
import { resolve } from '@/lib/nodes/schema';
import { widgetFor } from './widgets';

/** What Python's types become in a schema of pydantic's. */
const $defs = {
  Line: { type: 'object', properties: { sku: { type: 'string' } } },
  Size: { type: 'string', enum: ['small', 'large'] },
};
const FIELDS: [python: string, schema: JsonSchema, widget: string][] = [
  ['str', { type: 'string' }, 'text'],
  ['str | None', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 'text'],
  ['int', { type: 'integer' }, 'number'],
  ['bool', { type: 'boolean' }, 'boolean'],
  ['Decimal', { anyOf: [{ type: 'number' }, { type: 'string' }] }, 'scalar'],
  ['Literal', { type: 'string', enum: ['a', 'b'] }, 'choice'],
  ['Enum', { $ref: '#/$defs/Size' }, 'choice'],
  ['list[Enum]', { type: 'array', items: { $ref: '#/$defs/Size' } }, 'choices'],
  ['list[str]', { type: 'array', items: { type: 'string' } }, 'texts'],
  ['list[int]', { type: 'array', items: { type: 'integer' } }, 'list'],
  ['list[Line]', { type: 'array', items: { $ref: '#/$defs/Line' } }, 'list'],
  ['Line', { $ref: '#/$defs/Line' }, 'object'],
  ['Line | None', { anyOf: [{ $ref: '#/$defs/Line' }, { type: 'null' }] }, 'object'],
  ['Line | Other', { anyOf: [{ $ref: '#/$defs/Line' }, { $ref: '#/$defs/Other' }] }, 'union'],
  ['dict[str, str]', { type: 'object', additionalProperties: { type: 'string' } }, 'map'],
  ['dict[str, Line]', { type: 'object', additionalProperties: { $ref: '#/$defs/Line' } }, 'json'],
  ['dict', { type: 'object', additionalProperties: true }, 'json'],
  ['Any', {}, 'json'],
  ['date', { type: 'string', format: 'date' }, 'date'],
  ['datetime', { type: 'string', format: 'date-time' }, 'moment'],
  ['time', { type: 'string', format: 'time' }, 'time'],
  ['timedelta', { type: 'string', format: 'duration' }, 'duration'],
];

test.each(FIELDS)('a field of the type %s has a widget that fits it', (_, schema, widget) => {
  const found = resolve(schema, { $defs });
  const resolved = found.items ? { ...found, items: resolve(found.items, { $defs }) } : found;
  expect(widgetFor('field', resolved)).toBe(widget);
});
