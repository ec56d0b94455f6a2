/** Conditions on the properties of an event: an object in the rule language, a list of rows in a form. */

import type { Operator } from './fields';

export interface WhereRow {
  property: string;
  op: Operator;
  value: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function readWhere(where: unknown): WhereRow[] {
  if (!isObject(where)) return [];
  return Object.entries(where).map(([property, wanted]) =>
    isObject(wanted)
      ? { property, op: (wanted.op ?? 'eq') as Operator, value: wanted.value }
      : { property, op: 'eq', value: wanted },
  );
}

/** Rows as an object; equality is written short, and of two rows on one property the last counts. */
export function writeWhere(rows: WhereRow[]): Record<string, unknown> {
  return Object.fromEntries(rows.map(({ property, op, value }) => [property, op === 'eq' ? value : { op, value }]));
}
