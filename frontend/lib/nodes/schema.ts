/** What a node's JSON Schema tells the builder: its fields, how a new node begins, and which ways lead out of it. */

import type { GraphNode, JsonSchema, NodeConfig, NodeKind } from '@/lib/api/types';

/** A property with references followed, and without the null that an optional value adds. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref, anyOf, ...own } = schema;
  const named = $ref ? root.$defs?.[$ref.split('/').at(-1) ?? ''] : undefined;
  const members = anyOf?.filter(({ type }) => type !== 'null') ?? [];
  const [only] = members;
  const inner = members.length === 1 && only ? resolve(only, root) : members.length > 1 ? { anyOf: members } : {};
  return { ...(named && resolve(named, root)), ...inner, ...own };
}

const SPAN = ['days', 'hours', 'minutes', 'seconds'];

/** Whether an object is a length of time: days, hours, minutes and seconds. */
export const isSpan = ({ properties = {} }: JsonSchema): boolean => SPAN.every((unit) => unit in properties);

type OutletField = [name: string, items: JsonSchema] | null;

const outletFields = new WeakMap<JsonSchema, OutletField>();

/** The field whose items are ways out of the node, such as the paths of a branch; looked for once per schema. */
export function outletField(schema: JsonSchema): OutletField {
  const known = outletFields.get(schema);
  if (known !== undefined) return known;
  const found = findOutletField(schema);
  outletFields.set(schema, found);
  return found;
}

function findOutletField(schema: JsonSchema): OutletField {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const list = resolve(property, schema);
    const items = list.type === 'array' && list.items ? resolve(list.items, schema) : null;
    if (items?.required?.includes('id') && items.properties?.id?.pattern) return [name, items];
  }
  return null;
}

const idsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((item) => (typeof item?.id === 'string' ? [item.id] : [])) : [];

/** The ways out of a node as it is set up now, the usual one first. */
export function outletsOf(node: Pick<GraphNode, 'type' | 'data'>, kind: NodeKind | undefined): string[] {
  if (!kind) return ['next'];
  const own = outletField(kind.config_schema);
  const named = kind.outlets.filter((outlet) => outlet !== 'past' || node.data.at || node.data.attribute);
  return own ? [...new Set([...idsIn(node.data[own[0]]), ...named])] : named;
}

/** Ways that need not be drawn: whoever takes one goes on as if by the usual way. */
export const isOptional = (outlet: string): boolean => ['skipped', 'failed', 'past'].includes(outlet);

const WORDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** An id for another way out, which none of these has. */
export const freshOutlet = (taken: readonly string[]): string =>
  WORDS.find((word) => !taken.includes(word)) ?? `way_${taken.length + 1}`;

/** How a new node of a kind is set up: what its form cannot do without, with a sensible beginning. */
export function initialConfig({ config_schema: schema }: NodeKind): NodeConfig {
  if (isSpan(schema)) return { days: 1 };
  const required = (schema.required ?? []).flatMap((name): [string, unknown][] => {
    const value = initialValue(resolve(schema.properties?.[name] ?? {}, schema), schema);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(required);
}

function initialValue(field: JsonSchema, root: JsonSchema): unknown {
  if (field.default !== undefined) return field.default;
  if (isSpan(field)) return { days: 3 };
  if (field.type === 'object') return {};
  if (field.type !== 'array' || !field.items) return undefined;
  const items = resolve(field.items, root);
  const count = Math.max(field.minItems ?? 0, 1);
  return items.properties?.id ? newItems(items, count) : [];
}

/** Ways out to begin with; weights share a hundred between them. */
export function newItems({ properties = {} }: JsonSchema, count: number, taken: string[] = []): NodeConfig[] {
  const items: NodeConfig[] = [];
  while (items.length < count) {
    const id = freshOutlet([...taken, ...idsIn(items)]);
    const item: NodeConfig = { id };
    if (properties.rule) item.rule = { all: [] };
    if (properties.weight) item.weight = Math.floor(100 / count) + (items.length < 100 % count ? 1 : 0);
    items.push(item);
  }
  return items;
}
