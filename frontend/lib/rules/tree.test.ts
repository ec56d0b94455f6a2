import { expect, test } from 'vitest';
import { operatorsFor, readValue, valueFor } from './fields';
import { readSpan, writeSpan } from './spans';
import {
  asGroup,
  asksOfEntry,
  blankClause,
  clauseKindOf,
  groupOf,
  groupRule,
  isUnfinished,
  unnegated,
  wholeRule,
} from './tree';
import { readWhere, writeWhere } from './where';

const german = { attribute: 'country', op: 'eq', value: 'DE' };
const vip = { attribute: 'vip', op: 'eq', value: true };

test('a single clause is shown as a group of one and saved as itself', () => {
  expect(asGroup(german)).toEqual({ mode: 'all', rules: [german] });
  expect(wholeRule(asGroup(german))).toEqual(german);
  expect(wholeRule({ mode: 'all', rules: [german, vip] })).toEqual({ all: [german, vip] });
});

test('"none of" is a negated "any of", and reads back as such', () => {
  const rule = groupRule({ mode: 'none', rules: [german, vip] });
  expect(rule).toEqual({ not: { any: [german, vip] } });
  expect(groupOf(rule)).toEqual({ mode: 'none', rules: [german, vip] });
});

test('a rule that asks about the event of entry is known, however deep it does', () => {
  const large = { attribute: 'event.total', op: 'gte', value: 150 };
  const sameCart = { event: 'Ordered', where: { cart_id: '{{ event.cart_id }}' } };
  expect([large, { all: [german, { not: large }] }, sameCart].map(asksOfEntry)).toEqual([true, true, true]);
  expect([german, { event: 'event.total' }].map(asksOfEntry)).toEqual([false, false]);
});

test('a negated clause is no group', () => {
  expect(groupOf({ not: german })).toBeNull();
  expect(unnegated({ not: german })).toEqual({ rule: german, negated: true });
  expect(unnegated(german)).toEqual({ rule: german, negated: false });
});

test('every kind of clause begins as one of its kind, unfinished until it names something', () => {
  for (const kind of ['attribute', 'event', 'segment', 'subscribed', 'lifecycle', 'sequence'] as const) {
    expect(clauseKindOf(blankClause(kind))).toBe(kind);
    expect(isUnfinished(blankClause(kind))).toBe(true);
  }
  expect(isUnfinished({ all: [german, { event: 'Signed Up' }] })).toBe(false);
  expect(isUnfinished({ any: [german, { not: { attribute: '', op: 'eq', value: 1 } }] })).toBe(true);
});

test('operators fit the type, and a changed operator keeps the value that still fits', () => {
  expect(operatorsFor('boolean')).toEqual(['eq', 'exists']);
  expect(operatorsFor(undefined)).toContain('within_last');
  expect(valueFor('in', 'DE', 'text')).toEqual(['DE']);
  expect(valueFor('eq', ['DE', 'AT'], 'text')).toBe('DE');
  expect(valueFor('within_last', '', 'time')).toBe('30d');
  expect(valueFor('eq', '30d', 'text')).toBe('');
  expect(valueFor('gt', 'x', undefined)).toBe(0);
  expect(valueFor('exists', 'DE', 'text')).toBe(true);
});

test('numbers are numbers, and a reference to the event is left as it is', () => {
  expect(readValue('12.5', 'number')).toBe(12.5);
  expect(readValue('12', 'text')).toBe('12');
  expect(readValue('{{ event.total }}', 'number')).toBe('{{ event.total }}');
});

test('spans and conditions on properties survive the way into a form and back', () => {
  expect(writeSpan(readSpan('12h'))).toBe('12h');
  expect(writeSpan({ count: 0, unit: 'd' })).toBe('1d');
  const where = { plan: 'pro', total: { op: 'gt', value: 10 } };
  expect(writeWhere(readWhere(where))).toEqual(where);
  expect(readWhere(undefined)).toEqual([]);
});
