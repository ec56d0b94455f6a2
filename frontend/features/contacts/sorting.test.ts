import { expect, test } from 'vitest';
import { isSort, nextSort, standing } from './sorting';

test('a head sorts by its column, then the other way round, then lets go', () => {
  expect(nextSort('name')).toBe('name');
  expect(nextSort('name', 'name')).toBe('-name');
  expect(nextSort('name', '-name')).toBe('-created_at');
  expect(nextSort('email', '-name')).toBe('email');
});

test('the newest stand first until asked otherwise', () => {
  expect(standing('created_at')).toBe('descending');
  expect(nextSort('created_at')).toBe('created_at');
  expect(standing('created_at', 'created_at')).toBe('ascending');
  expect(standing('name', '-email')).toBe('none');
});

test('an order that nobody keeps counts as none', () => {
  expect(isSort('-email')).toBe(true);
  expect(isSort('plan')).toBe(false);
  expect(isSort(null)).toBe(false);
});
