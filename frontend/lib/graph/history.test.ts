import { expect, test } from 'vitest';
import { countChanges, diffGraphs, sizeOf } from './diff';
import { type History, marked, NO_HISTORY, redone, undone } from './history';

test('a thousand steps can be taken back and done again', () => {
  let history: History<number> = NO_HISTORY;
  for (let state = 0; state < 1_000; state++) history = marked(history, state, `step ${state}`);
  let now = 1_000;
  for (let back = undone(history, now); back; back = undone(history, now)) ({ history, state: now } = back);
  expect(now).toBe(0);
  for (let on = redone(history, now); on; on = redone(history, now)) ({ history, state: now } = on);
  expect(now).toBe(1_000);
  expect(history.past).toHaveLength(1_000);
});

test('undo names what it takes back, and a new change forgets what was taken back', () => {
  const history = marked(marked(NO_HISTORY as History<string>, 'a', 'Add Wait'), 'b', 'Move');
  const back = undone(history, 'c');
  expect(back).toMatchObject({ state: 'b', label: 'Move' });
  expect(marked(back?.history ?? history, 'b', 'Delete').future).toEqual([]);
  expect(redone(history, 'c')).toBeNull();
});

test('two graphs differ by steps, settings and edges, not by places or the order of keys', () => {
  const node = (id: string, data: Record<string, unknown>, x = 0) => ({
    id,
    type: 'wait',
    position: { x, y: 0 },
    data,
  });
  const before = {
    nodes: [node('a', { days: 1, x: { p: 1, q: 2 } }), node('b', {}), node('c', { days: 1 })],
    edges: [{ id: '1', source: 'a', sourceHandle: 'next', target: 'b' }],
  };
  const after = {
    nodes: [node('a', { x: { q: 2, p: 1 }, days: 1 }, 99), node('c', { days: 2 }), node('d', {})],
    edges: [{ id: '2', source: 'a', sourceHandle: 'next', target: 'c' }],
  };
  const diff = diffGraphs(before, after);
  expect(diff.added.map(({ id }) => id)).toEqual(['d']);
  expect(diff.removed.map(({ id }) => id)).toEqual(['b']);
  expect(diff.changed.map(({ after: { id }, fields }) => [id, fields])).toEqual([['c', ['days']]]);
  expect([diff.edgesAdded.length, diff.edgesRemoved.length, sizeOf(diff)]).toEqual([1, 1, 5]);
  expect(sizeOf(diffGraphs(before, before))).toBe(0);
  // Three steps, one setting, and the way from a to c; the other way went with its step.
  const settings = { goal: { event: 'Bought', window_days: 30 }, time_zone: null };
  const others = { goal: { window_days: 30, event: 'Bought' }, re_entry: 'never' };
  expect(countChanges({ graph: before, settings }, { graph: after, settings: others })).toBe(5);
});
