import { expect, test } from 'vitest';
import type { Graph } from '@/lib/api/types';
import { layOut, NODE_HEIGHT, needsLayout, positionsOf } from './layout';

const at = (id: string, position?: { x: number; y: number }) => ({ id, type: 'wait', position, data: {} });
const edge = (source: string, target: string) => ({ id: `${source}-${target}`, source, sourceHandle: 'next', target });
const chain: Graph = { nodes: [at('a'), at('b'), at('c')], edges: [edge('a', 'b'), edge('b', 'c')] };

test('a graph without positions needs a layout', () => {
  expect(needsLayout(chain)).toBe(true);
});

test('nodes that lie on each other need a layout', () => {
  expect(needsLayout({ nodes: [at('a', { x: 0, y: 0 }), at('b', { x: 20, y: 20 })], edges: [] })).toBe(true);
});

test('positions that can be read are kept', () => {
  const drawn: Graph = { nodes: [at('a', { x: 0, y: 0 }), at('b', { x: 0, y: 400 })], edges: [edge('a', 'b')] };
  expect(positionsOf(drawn).get('b')).toEqual({ x: 0, y: 400 });
});

test('each node stands below the one that leads to it, and none overlap', () => {
  const positions = layOut(chain);
  const top = (id: string) => positions.get(id)?.y ?? Number.NaN;
  expect(top('b')).toBeGreaterThan(top('a') + NODE_HEIGHT);
  expect(top('c')).toBeGreaterThan(top('b') + NODE_HEIGHT);
});

test('a loop and an edge to a missing node do no harm', () => {
  const looping: Graph = { nodes: chain.nodes, edges: [...chain.edges, edge('c', 'a'), edge('c', 'gone')] };
  expect(layOut(looping).size).toBe(3);
});
