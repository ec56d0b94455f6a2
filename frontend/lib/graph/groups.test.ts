import { expect, test } from 'vitest';
import { type Canvas, type CanvasNode, canvasOf, graphOf } from './canvas';
import { copyText, pasted } from './clipboard';
import { sumOf } from './counts';
import { changedNodes, FOLDED, FRAME, folded, grouped, joined, together, toggled, unfoldedFor } from './groups';
import { needsLayout } from './layout';
import { tidied } from './tidy';

const node = (id: string, y: number, x = 0): CanvasNode => ({ id, type: 'tag', position: { x, y }, data: {} });
const edge = (source: string, target: string, sourceHandle = 'next') => ({
  id: `${source}:${sourceHandle}:${target}`,
  source,
  sourceHandle,
  target,
});
const group = (nodes: string[], collapsed = false) => ({ id: 'g', name: 'Welcome', nodes, collapsed });

/** start → a → b → done, a and b in a group. */
const drawn = (collapsed = false): Canvas => ({
  nodes: [node('start', 0), node('a', 200), node('b', 400), node('done', 600)],
  edges: [edge('start', 'a'), edge('a', 'b'), edge('b', 'done')],
  groups: [group(['a', 'b'], collapsed)],
});
const y = ({ nodes }: Canvas, id: string) => nodes.find((each) => each.id === id)?.position.y;
const kinds = new Map([
  [
    'tag',
    { kind: 'tag', title: 'Tag', group: 'contact', icon: 'tag', description: '', outlets: ['next'], config_schema: {} },
  ],
]);

test('a folded group stands for its steps, and the ways in and out lead to it', () => {
  const shown = folded(drawn(true));
  expect(shown.nodes.map(({ id, type }) => [id, type])).toEqual([
    ['start', 'tag'],
    ['done', 'tag'],
    ['g', FOLDED],
  ]);
  expect(shown.edges.map(({ source, target }) => [source, target])).toEqual([
    ['start', 'g'],
    ['g', 'done'],
  ]);
});

test('an open group has a frame behind its steps, and hides nothing', () => {
  const shown = folded(drawn());
  expect(shown.nodes[0]).toMatchObject({ id: 'g', type: FRAME });
  expect(shown.nodes).toHaveLength(5);
  expect(shown.edges).toEqual(drawn().edges);
});

test('without groups, the canvas is shown as it is', () => {
  const plain = { ...drawn(), groups: [] };
  expect(folded(plain)).toBe(plain);
});

test('what comes after a group moves up when it is folded, and down again', () => {
  const shut = toggled(drawn(), 'g');
  expect(shut.groups?.[0]?.collapsed).toBe(true);
  expect(y(shut, 'done')).toBeLessThan(400);
  const open = toggled(shut, 'g');
  expect(y(open, 'done')).toBeGreaterThanOrEqual(500);
  expect(y(open, 'b')).toBe(400);
});

test('what comes after a group is not moved over a longer branch beside it', () => {
  const beside = { ...drawn(), nodes: [...drawn().nodes, node('long', 420, 400)] };
  beside.edges = [...beside.edges, edge('start', 'long', 'other'), edge('long', 'done')];
  expect(y(toggled(beside, 'g'), 'done')).toBeGreaterThan(420 + 92);
});

test('a group that is moved or selected moves or selects its steps', () => {
  const canvas = drawn(true);
  const at = folded(canvas).nodes.at(-1)?.position ?? { x: 0, y: 0 };
  const moved = changedNodes(canvas, [
    { id: 'g', type: 'position', position: { x: at.x + 40, y: at.y + 8 } },
    { id: 'g', type: 'select', selected: true },
  ]);
  expect(moved.map(({ position, selected }) => [position.x, position.y, !!selected])).toEqual([
    [0, 0, false],
    [40, 208, true],
    [40, 408, true],
    [0, 600, false],
  ]);
});

test('a step is in one group at most, and a group without steps is gone', () => {
  const [fresh, ...others] = grouped(drawn(), ['b', 'done']);
  expect(fresh).toMatchObject({ name: '', nodes: ['b', 'done'], collapsed: false });
  expect(others).toEqual([group(['a'])]);
  expect(grouped(drawn(), ['a', 'b'])).toHaveLength(1);
  expect(graphOf({ ...drawn(), nodes: [node('start', 0)] }).groups).toEqual([]);
});

test('a step that is put between two of a group belongs to it', () => {
  expect(joined([group(['a', 'b'])], 'new', edge('a', 'b'))).toEqual([group(['a', 'b', 'new'])]);
  expect(joined([group(['a', 'b'])], 'new', edge('b', 'done'))).toEqual([group(['a', 'b'])]);
});

test('a group is unfolded when a part of it is selected, not when it is selected whole', () => {
  expect(unfoldedFor([group(['a', 'b'], true)], new Set(['b']))[0]?.collapsed).toBe(false);
  expect(unfoldedFor([group(['a', 'b'], true)], new Set(['a', 'b']))[0]?.collapsed).toBe(true);
});

test('groups are saved with the drawing and read again', () => {
  const graph = graphOf(drawn(true));
  expect(graph.groups).toEqual([group(['a', 'b'], true)]);
  expect(graph.nodes).toHaveLength(4);
  expect(canvasOf(graph, () => 'next').groups).toEqual(graph.groups);
});

test('a group is copied when all its steps are, under a new id', () => {
  const text = copyText(drawn(true), new Set(['a', 'b'])) ?? '';
  const canvas = pasted(drawn(), text, { x: 800, y: 0 }, kinds);
  if (typeof canvas === 'string') throw new Error(canvas);
  const [, copy] = canvas.groups ?? [];
  expect(copy).toMatchObject({ name: 'Welcome', collapsed: true });
  expect(copy?.id).not.toBe('g');
  expect(copy?.nodes).toEqual(canvas.nodes.slice(4).map(({ id }) => id));
  const part = pasted(drawn(), copyText(drawn(), new Set(['a'])) ?? '', { x: 800, y: 0 }, kinds);
  expect(typeof part !== 'string' && part.groups).toHaveLength(1);
});

test('what stands below a folded group may lie on the steps that are hidden in it', () => {
  const shut = graphOf(toggled(drawn(true), 'g'));
  const lying = graphOf({ ...drawn(true), nodes: [...drawn().nodes.slice(0, 3), node('done', 410)] });
  expect(needsLayout(shut)).toBe(false);
  expect(needsLayout(lying)).toBe(false);
  expect(needsLayout({ ...lying, groups: [] })).toBe(true);
});

test('tidying up lays a folded group out as one step', () => {
  const tidy = tidied(drawn(true));
  expect((y(tidy, 'b') ?? 0) - (y(tidy, 'a') ?? 0)).toBe(200);
  expect((y(tidy, 'done') ?? 0) - (y(tidy, 'a') ?? 0)).toBeLessThan(200);
  const open = tidied(drawn());
  expect(y(open, 'done')).toBeGreaterThan(y(open, 'b') ?? 0);
});

test('the numbers of a group are the sums of its steps, and who comes in is counted once', () => {
  const counts = (entered: number, waiting: number, skipped = {}) => ({
    ...{ entered, waiting, passed: entered - waiting, exited: 0, converted: 0, failed: 0 },
    skipped,
  });
  const nodes = { a: counts(10, 2, { suppressed: 1 }), b: counts(8, 3, { suppressed: 2 }) };
  const steps = together(group(['a', 'b']), drawn().edges);
  expect(steps).toEqual({ all: ['a', 'b'], entrances: ['a'] });
  expect(sumOf(nodes, steps)).toMatchObject({ entered: 10, waiting: 5, passed: null, skipped: { suppressed: 3 } });
  expect(sumOf(nodes, { all: ['b'], entrances: ['b'] })).toMatchObject({ entered: 8, passed: 5 });
  expect(sumOf(nodes, { all: ['gone'], entrances: [] })).toBeNull();
});
