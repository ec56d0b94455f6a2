import { expect, test } from 'vitest';
import { advance, concerns, greetings } from './protocol';

test('a topic moves on with its messages and never back', () => {
  const first = advance({}, { topic: 'journey:1', seq: 4, type: 'changed' });
  expect(advance(first, { topic: 'journey:1', seq: 3, type: 'changed' })).toEqual({ 'journey:1': 4 });
  expect(advance(first, { topic: 'journey:1', seq: 5, type: 'changed' })).toEqual({ 'journey:1': 5 });
});

test('a message that was heard already concerns nobody', () => {
  const message = { topic: 'journey:1', seq: 4, type: 'changed' };
  expect(concerns('journey:1', {}, message)).toBe(true);
  expect(concerns('journey:1', { 'journey:1': 4 }, message)).toBe(false);
  expect(concerns('journey:2', {}, message)).toBe(false);
});

test('a refetch without a topic concerns every listener, and begins anew', () => {
  expect(concerns('journey:1', { 'journey:1': 9 }, { type: 'refetch' })).toBe(true);
  expect(advance({ 'journey:1': 9 }, { type: 'refetch' })).toEqual({});
});

test('a refetch of one topic leaves the others where they are', () => {
  expect(advance({ a: 1, b: 2 }, { topic: 'a', type: 'refetch' })).toEqual({ b: 2 });
});

test('a first connection subscribes, a later one also resumes what was heard', () => {
  expect(greetings([], {})).toEqual([]);
  expect(greetings(['a'], {})).toEqual([{ subscribe: ['a'] }]);
  expect(greetings(['a', 'b'], { a: 7 })).toEqual([{ subscribe: ['a', 'b'] }, { resume: { a: 7 } }]);
});

test('who else is there changes nothing that is shown of the topic itself', () => {
  const message = { topic: 'journey:1', type: 'presence', data: { name: 'Ada' } };
  expect(concerns('journey:1', {}, message)).toBe(false);
  expect(advance({ 'journey:1': 4 }, message)).toEqual({ 'journey:1': 4 });
});
