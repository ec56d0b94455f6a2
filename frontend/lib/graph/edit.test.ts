import { expect, test } from 'vitest';
import type { NodeKind } from '@/lib/api/types';
import { type Canvas, canvasOf, graphOf, NOTE } from './canvas';
import { copyText, pasted } from './clipboard';
import { openOutlets, refusal, spotAfter, targetsFor } from './connect';
import {
  addNote,
  addStep,
  branchFrom,
  configured,
  connected,
  insertStep,
  placeBelow,
  reachable,
  redirected,
  selected,
  without,
} from './edit';
import { unfoldedFor } from './groups';

const kind = (name: string, group: string, outlets: string[], config_schema = {}): [string, NodeKind] => [
  name,
  { kind: name, title: name, group, icon: 'box', description: '', outlets, config_schema },
];

const path = { properties: { id: { type: 'string', pattern: 'x' }, rule: {} }, required: ['id', 'rule'] };
const kinds = new Map([
  kind('event_trigger', 'trigger', ['next']),
  kind('wait', 'timing', ['next'], {
    properties: { days: {}, hours: {}, minutes: {}, seconds: {} },
  }),
  kind('send_email', 'message', ['sent', 'skipped', 'failed']),
  kind('branch', 'logic', ['else'], {
    required: ['paths'],
    properties: { paths: { type: 'array', minItems: 1, items: { $ref: '#/$defs/Path' } } },
    $defs: { Path: path },
  }),
  kind('exit', 'logic', []),
]);

const node = (id: string, type: string, y: number, data = {}) => ({ id, type, position: { x: 0, y }, data });
const edge = (source: string, sourceHandle: string, target: string) => ({
  id: `${source}:${sourceHandle}:${target}`,
  source,
  sourceHandle,
  target,
});

/** start → mail → done */
const drawn: Canvas = {
  nodes: [node('start', 'event_trigger', 0), node('mail', 'send_email', 200), node('done', 'exit', 400)],
  edges: [edge('start', 'next', 'mail'), edge('mail', 'sent', 'done')],
};
const ways = ({ edges }: Canvas) =>
  edges.map(({ source, sourceHandle, target }) => `${source}:${sourceHandle}:${target}`);

test('a connection is refused with the reason', () => {
  const why = (source: string, sourceHandle: string, target: string) =>
    refusal({ source, sourceHandle, target }, drawn, kinds);
  expect(why('mail', 'sent', 'mail')).toMatch(/itself/);
  expect(why('mail', 'skipped', 'start')).toMatch(/trigger/);
  expect(why('mail', 'sent', 'done')).toMatch(/already leads/);
  expect(why('mail', 'nowhere', 'done')).toMatch(/no such way/);
  expect(why('done', 'next', 'mail')).toMatch(/comes after/);
  expect(why('mail', 'skipped', 'gone')).toMatch(/no such step/);
  expect(why('mail', 'skipped', 'done')).toBeNull();
});

test('a way may lead to each step that the connection would be allowed to, and to no other', () => {
  expect(targetsFor('mail', drawn, kinds)).toEqual(['done']);
  const open = { ...drawn, edges: [] };
  for (const { id: source } of open.nodes.filter(({ id }) => id !== 'done')) {
    const [sourceHandle = ''] = openOutlets(source, open, kinds);
    const allowed = open.nodes.filter(({ id: target }) => !refusal({ source, sourceHandle, target }, open, kinds));
    expect(targetsFor(source, open, kinds)).toEqual(allowed.map(({ id }) => id));
  }
});

test('choosing what is chosen already changes neither the edges nor the groups', () => {
  const groups = [{ id: 'g', name: '', nodes: ['mail', 'done'], collapsed: true }];
  expect(selected(drawn, ['mail']).edges).toBe(drawn.edges);
  expect(unfoldedFor(groups, new Set(['start']))).toBe(groups);
});

test('a loop may be drawn: whether something slows it down is for the server to judge', () => {
  const wait = { ...drawn, nodes: [...drawn.nodes, node('wait', 'wait', 600, { days: 1 })] };
  expect(refusal({ source: 'wait', sourceHandle: 'next', target: 'mail' }, wait, kinds)).toBeNull();
});

test('a new step begins with what its kind needs, selected, and led to', () => {
  const { canvas, id } = addStep(drawn, 'wait', { x: 3, y: 701 }, kinds, { source: 'mail', sourceHandle: 'failed' });
  const added = canvas.nodes.find((each) => each.id === id);
  expect(added).toMatchObject({ type: 'wait', data: { days: 1 }, position: { x: 0, y: 704 }, selected: true });
  expect(ways(canvas)).toContain(`mail:failed:${id}`);
  expect(drawn.nodes).toHaveLength(3);
});

test('a branch begins with one path, and each path is a way out', () => {
  const { canvas, id } = addStep(drawn, 'branch', { x: 0, y: 0 }, kinds);
  expect(canvas.nodes.at(-1)?.data).toEqual({ paths: [{ id: 'a', rule: { all: [] } }] });
  expect(openOutlets(id, canvas, kinds)).toEqual(['a', 'else']);
});

test('inserting on an edge keeps the path whole and makes room', () => {
  const inserted = insertStep(drawn, 'start:next:mail', 'wait', kinds);
  const { canvas, id } = inserted ?? { canvas: drawn, id: '' };
  expect(ways(canvas)).toEqual(['mail:sent:done', `start:next:${id}`, `${id}:next:mail`]);
  const y = (which: string) => canvas.nodes.find((each) => each.id === which)?.position.y ?? 0;
  expect(y('mail')).toBeGreaterThan(y(id));
  expect(y('done')).toBeGreaterThan(400);
  expect(insertStep(drawn, 'start:next:mail', 'event_trigger', kinds)).toBeNull();
});

test('a step that nothing comes after ends the path where it is inserted', () => {
  const inserted = insertStep(drawn, 'start:next:mail', 'exit', kinds);
  expect(ways(inserted?.canvas ?? drawn)).toEqual(['mail:sent:done', `start:next:${inserted?.id}`]);
});

test('what led to a deleted step goes on to what came after it', () => {
  expect(ways(without(drawn, ['mail'], kinds))).toEqual(['start:next:done']);
  expect(ways(without(drawn, ['mail', 'done'], kinds))).toEqual([]);
  expect(ways(without(drawn, ['start'], kinds))).toEqual(['mail:sent:done']);
  expect(ways(without(drawn, [], kinds, ['start:next:mail']))).toEqual(['mail:sent:done']);
});

test('an edge can be led elsewhere in one go', () => {
  expect(ways(redirected(drawn, { source: 'start', sourceHandle: 'next', target: 'done' }, kinds))).toEqual([
    'mail:sent:done',
    'start:next:done',
  ]);
});

test('a path that is taken away takes its edge with it', () => {
  const both = [
    { id: 'a', rule: {} },
    { id: 'b', rule: {} },
  ];
  const canvas: Canvas = {
    nodes: [...drawn.nodes, node('fork', 'branch', 600, { paths: both })],
    edges: [edge('fork', 'a', 'mail'), edge('fork', 'b', 'done')],
  };
  expect(ways(configured(canvas, 'fork', { paths: both.slice(1) }, kinds))).toEqual(['fork:b:done']);
});

test('steps are pasted with new ids, their inner edges and settings, at the place asked for', () => {
  const text = copyText(drawn, new Set(['mail', 'done'])) ?? '';
  const canvas = pasted(drawn, text, { x: 800, y: 80 }, kinds);
  if (typeof canvas === 'string') throw new Error(canvas);
  const fresh = canvas.nodes.slice(3);
  expect(fresh.map(({ type, position, selected }) => [type, position, selected])).toEqual([
    ['send_email', { x: 800, y: 80 }, true],
    ['exit', { x: 800, y: 280 }, true],
  ]);
  expect(new Set(canvas.nodes.map(({ id }) => id)).size).toBe(5);
  expect(ways(canvas).at(-1)).toBe(`${fresh[0]?.id}:sent:${fresh[1]?.id}`);
});

test('pasting says why it cannot', () => {
  expect(pasted(drawn, 'hello', { x: 0, y: 0 }, kinds)).toMatch(/no steps/);
  expect(pasted(drawn, '{"kind":"sojourn/steps"}', { x: 0, y: 0 }, kinds)).toMatch(/no steps/);
  const foreign = JSON.stringify({ kind: 'sojourn/steps', nodes: [node('x', 'fax', 0)], edges: [] });
  expect(pasted(drawn, foreign, { x: 0, y: 0 }, kinds)).toMatch(/fax/);
  expect(copyText(drawn, new Set())).toBeNull();
});

test('a note is kept apart from the steps, and nothing connects to it', () => {
  const { canvas, id } = addNote(drawn, { x: 0, y: 0 });
  const graph = graphOf(configured(canvas, id, { text: 'Ask legal' }, kinds));
  expect(graph.notes).toEqual([{ id, text: 'Ask legal', position: { x: 0, y: 0 } }]);
  expect(graph.nodes.map(({ id: each }) => each)).toEqual(['start', 'mail', 'done']);
  expect(connected(canvas, { source: 'mail', sourceHandle: 'failed', target: id }, kinds)).toBe(canvas);
  expect(canvasOf(graph, () => 'next').nodes.find(({ type }) => type === NOTE)?.data).toEqual({ text: 'Ask legal' });
});

test('an edge without an outlet takes the usual one of its step', () => {
  const graph = { ...graphOf(drawn), edges: [{ id: '', source: 'mail', target: 'done' }] };
  expect(canvasOf(graph, (type) => kinds.get(type)?.outlets[0]).edges).toEqual([edge('mail', 'sent', 'done')]);
});

test('a place below a step is beside what stands there already', () => {
  const [start, ...others] = drawn.nodes;
  expect(placeBelow(drawn, 'start')).not.toEqual({ x: 0, y: 200 });
  expect(placeBelow({ nodes: start ? [start] : [], edges: [] }, 'start').x).toBe(0);
  expect(others).toHaveLength(2);
  expect(reachable(drawn, 'mail')).toEqual(new Set(['mail', 'done']));
});

test('a branch is what is met only by way of its head, up to where another one joins in', () => {
  const forked: Canvas = {
    nodes: ['start', 'fork', 'left', 'on', 'right', 'joined', 'other'].map((id, n) => node(id, 'wait', n * 100)),
    edges: [
      edge('start', 'next', 'fork'),
      edge('fork', 'a', 'left'),
      edge('left', 'next', 'on'),
      edge('on', 'next', 'joined'),
      edge('fork', 'else', 'right'),
      edge('right', 'next', 'joined'),
    ],
  };
  expect(branchFrom(forked, 'left')).toEqual(['left', 'on']);
  expect(branchFrom(forked, 'fork')).toEqual(['fork', 'left', 'on', 'right', 'joined']);
  expect(branchFrom(forked, 'other')).toEqual(['other']);
  const looped = { ...forked, edges: [...forked.edges, edge('joined', 'next', 'fork')] };
  expect(branchFrom(looped, 'right')).toEqual(['right']);
  expect(branchFrom(looped, 'joined')).toEqual(['joined']);
});

test('a step asked for after another comes at its open end, else into its first edge', () => {
  expect(spotAfter('start', drawn, kinds)).toEqual({ edge: 'start:next:mail' });
  expect(spotAfter('done', drawn, kinds)).toBeNull();
  const alone = { ...drawn, edges: [] };
  expect(spotAfter('mail', alone, kinds)).toEqual({ source: 'mail', sourceHandle: 'sent' });
});
