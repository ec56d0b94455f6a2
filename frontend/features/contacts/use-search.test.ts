import { expect, test } from 'vitest';
import { isEverybody, paramsOf, searchFrom } from './use-search';

test('a search comes back from the address as it went in', () => {
  const search = { q: 'ada', tag: 'vip', rule: { attribute: 'city', op: 'eq', value: 'Bern' } };
  expect(searchFrom(paramsOf(search))).toEqual(search);
});

test('an empty search leaves the address bare', () => {
  expect(isEverybody({})).toBe(true);
  expect(isEverybody({ q: '', rule: null })).toBe(true);
  expect(isEverybody({ tag: 'vip' })).toBe(false);
});

test('half a link is read as far as it goes', () => {
  expect(searchFrom(new URLSearchParams('q=ada&rule={"all"'))).toEqual({ q: 'ada' });
});
