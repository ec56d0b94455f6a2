import { expect, test } from 'vitest';
import type { Graph } from '@/lib/api/types';
import { listSteps } from './steps';

const edge = (source: string, sourceHandle: string, target: string) => ({
  id: `${source}-${sourceHandle}`,
  source,
  sourceHandle,
  target,
});

const branching: Graph = {
  nodes: [
    { id: 'start', type: 'event_trigger', data: { event: 'Signed Up' } },
    { id: 'opened', type: 'wait_for_event', data: { event: 'Email Opened', timeout: { days: 2 } } },
    { id: 'tag', type: 'tag', data: { add: ['engaged'] } },
    { id: 'again', type: 'send_email', data: {} },
    { id: 'end', type: 'exit', data: {} },
  ],
  edges: [
    edge('start', 'next', 'opened'),
    edge('opened', 'happened', 'tag'),
    edge('opened', 'timed_out', 'again'),
    edge('tag', 'next', 'end'),
    edge('again', 'sent', 'end'),
  ],
};

const told = (graph: Graph) =>
  listSteps(graph).map(({ node, depth, repeats }) => `${'  '.repeat(depth)}${node.id}${repeats ? '*' : ''}`);

test('branches are indented until their ways meet again', () => {
  expect(told(branching)).toEqual(['start', 'opened', '  tag', '  again', 'end']);
});

test('the way to a branch is named by its outlet', () => {
  const ways = listSteps(branching).map(({ via }) => via);
  expect(ways).toEqual([undefined, undefined, 'Happened', 'Not within 2 days', undefined]);
});

test('a way that skips its branch says where it goes on', () => {
  const short: Graph = {
    ...branching,
    edges: branching.edges.map((each) => (each.target === 'again' ? { ...each, target: 'end' } : each)),
  };
  expect(told(short).slice(0, 5)).toEqual(['start', 'opened', '  tag', '  end*', 'end']);
});

test('a loop is told once', () => {
  const looping: Graph = {
    nodes: branching.nodes.slice(0, 3),
    edges: [...branching.edges.slice(0, 2), edge('tag', 'next', 'opened')],
  };
  expect(told(looping)).toEqual(['start', 'opened', 'tag', 'opened*']);
});

test('a node that nothing leads to is still told', () => {
  expect(told({ nodes: branching.nodes.slice(0, 2), edges: [] })).toEqual(['start', 'opened']);
});
