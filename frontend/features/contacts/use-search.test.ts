import { expect, test } from 'vitest';
import type { ContactSearch } from '@/lib/api/types';
import { isEverybody, paramsOf, ruleOf, searchFrom } from './use-search';

test('a search comes back from the address as it went in', () => {
  const search: ContactSearch = {
    q: 'ada',
    tag: 'vip',
    sort: '-name',
    rule: { attribute: 'city', op: 'eq', value: 'Bern' },
  };
  expect(searchFrom(paramsOf(search))).toEqual(search);
});

test('an empty search leaves the address bare', () => {
  expect(isEverybody({})).toBe(true);
  expect(isEverybody({ q: '', rule: null })).toBe(true);
  expect(isEverybody({ tag: 'vip' })).toBe(false);
  expect(paramsOf({ sort: '-created_at' }).size).toBe(0);
});

test('everybody in another order is still everybody', () => {
  expect(paramsOf({ sort: 'name' }).toString()).toBe('sort=name');
  expect(isEverybody({ sort: 'name' })).toBe(true);
});

test('what a search finds is a rule, unless it looks for words', () => {
  const rule = { attribute: 'city', op: 'eq', value: 'Bern' };
  const tagged = { attribute: 'tags', op: 'contains', value: 'vip' };
  expect(ruleOf({ rule })).toEqual(rule);
  expect(ruleOf({ tag: 'vip' })).toEqual(tagged);
  expect(ruleOf({ rule, tag: 'vip', segment_id: 's1' })).toEqual({ all: [rule, tagged, { segment: 's1' }] });
  expect(ruleOf({ q: 'ada', rule })).toBeNull();
  expect(ruleOf({ sort: 'name' })).toBeNull();
});

test('half a link is read as far as it goes', () => {
  expect(searchFrom(new URLSearchParams('q=ada&rule={"all"'))).toEqual({ q: 'ada' });
});
