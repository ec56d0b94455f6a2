import { expect, test } from 'vitest';
import { colourOf, GONE_MS, heard, stillHere } from './presence';

const ada = { socket_id: 'a', name: 'Ada', selection: [], cursor: null, here: true };

test('somebody comes, moves and goes', () => {
  const come = heard(new Map(), ada, 1);
  expect(come.get('a')).toMatchObject({ name: 'Ada', at: 1 });
  const moved = heard(come, { ...ada, selection: ['mail'] }, 2);
  expect(moved.get('a')?.selection).toEqual(['mail']);
  expect(heard(moved, { ...ada, here: false }, 3).size).toBe(0);
});

test('whoever is not heard of for long has gone, and nothing changes while all are there', () => {
  const others = heard(new Map(), ada, 0);
  expect(stillHere(others, GONE_MS - 1)).toBe(others);
  expect(stillHere(others, GONE_MS).size).toBe(0);
});

test('a person has one colour', () => {
  expect(colourOf(ada)).toBe(colourOf({ socket_id: 'a' }));
});
