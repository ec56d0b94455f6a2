import { expect, test } from 'vitest';
import { formatElapsed } from './duration';
import { count, formatAgo, formatValue, humanize, nameOf, subjectForAll } from './format';

const NOW = Date.parse('2026-03-10T12:00:00Z');

test.each([
  ['2026-03-10T11:59:58Z', 'just now'],
  ['2026-03-10T11:55:00Z', '5 min. ago'],
  ['2026-03-07T12:00:00Z', '3 days ago'],
  ['2026-03-10T14:00:00Z', 'in 2 hr.'],
])('%s reads as %s', (at, words) => {
  expect(formatAgo(at, NOW)).toBe(words);
});

test.each([
  [350, '350 ms'],
  [12_000, '12 s'],
  [3_600_000, '1 h'],
  [93_784_000, '1 day 2 h'],
])('%i ms took %s', (milliseconds, words) => {
  expect(formatElapsed(milliseconds)).toBe(words);
});

test('numbers take the noun that fits', () => {
  expect(count(1, 'person', 'people')).toBe('1 person');
  expect(count(2, 'day')).toBe('2 days');
});

test('values of every type become short text', () => {
  expect([null, true, 1200, 'x', { a: 1 }].map(formatValue)).toEqual(['–', 'Yes', '1,200', 'x', '{"a":1}']);
});

test('a person goes by name, else by address, else by nothing', () => {
  expect(nameOf({ first_name: 'Ada', last_name: null, email: 'a@x.test' })).toBe('Ada');
  expect(nameOf({ email: 'a@x.test' })).toBe('a@x.test');
  expect(nameOf({})).toBe('Anonymous');
});

test('a subject for everyone leaves open what each person has of their own', () => {
  expect(subjectForAll('Hi {{ contact.first_name }}, look')).toBe('Hi …, look');
});

test('names of the API become words', () => {
  expect(humanize('timed_out')).toBe('Timed out');
});
