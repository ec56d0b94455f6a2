import { expect, test } from 'vitest';
import type { Graph, SimulatedContact, SimulationResult } from '@/lib/api/types';
import { edgeBy, litAt, momentsOf, placeAt, standingsAt } from './replay';

const graph: Graph = {
  nodes: ['start', 'mail', 'wait', 'done'].map((id) => ({ id, type: id === 'done' ? 'exit' : id, data: {} })),
  edges: [
    { id: 'e1', source: 'start', sourceHandle: 'next', target: 'mail' },
    { id: 'e2', source: 'mail', sourceHandle: 'sent', target: 'wait' },
    { id: 'e3', source: 'wait', sourceHandle: 'next', target: 'done' },
  ],
};
const day = (n: number) => `2026-03-0${n}T10:00:00Z`;
const step = (at: string, node_id: string, outlet: string | null) => ({ at, node_id, outlet, reason: null, visit: 1 });
const contact = (contact_id: string, outlet: string, ended_at: string | null): SimulatedContact => ({
  contact_id,
  email: null,
  name: contact_id,
  time_zone: null,
  refused: [],
  passages: [
    {
      enrollment_id: contact_id,
      entered_at: day(1),
      state: ended_at ? 'completed' : 'active',
      node_id: ended_at ? null : 'wait',
      end_reason: null,
      ended_at,
      goal_at: null,
      mails: [],
      path: [
        step(day(1), 'start', 'next'),
        step(day(1), 'mail', outlet),
        ...(ended_at ? [step(ended_at, 'wait', 'next'), step(ended_at, 'done', null)] : []),
      ],
    },
  ],
});
const result = {
  counts: { contacts: 2 },
  contacts: [contact('ada', 'sent', day(3)), contact('bob', 'skipped', null)],
  days: [{ day: '2026-03-01', outlets: { start: { next: 40 }, mail: { sent: 30 } } }],
} as unknown as SimulationResult;
const at = (n: number) => Date.parse(day(n)) + 1;

test('an outlet that nobody drew leads along the usual way', () => {
  expect(edgeBy(graph, 'mail', 'skipped')?.id).toBe('e2');
  expect(edgeBy(graph, 'done', 'next')).toBeUndefined();
});

test('people stand at the step that they came to and have not left', () => {
  const soon = standingsAt(result, graph, at(2));
  expect(soon.get('wait')).toEqual({ entered: 2, here: 2, skipped: 0, failed: 0 });
  expect(soon.get('mail')).toEqual({ entered: 2, here: 0, skipped: 1, failed: 0 });
  expect(soon.has('done')).toBe(false);
  const later = standingsAt(result, graph, at(4));
  expect(later.get('wait')?.here).toBe(1);
  expect(later.get('done')).toEqual({ entered: 1, here: 0, skipped: 0, failed: 0 });
});

test('of many people the days are known, not the minutes', () => {
  const many = { ...result, counts: { contacts: 40 } } as SimulationResult;
  expect(standingsAt(many, graph, at(2)).get('mail')).toEqual({ entered: 40, here: 10, skipped: 0, failed: 0 });
  expect(momentsOf(many)).toHaveLength(1);
});

test('the way of one contact lights up as far as the moment', () => {
  expect([...litAt(result, graph, at(2), 'ada').edges]).toEqual(['e1', 'e2']);
  expect([...litAt(result, graph, at(4), 'ada').edges]).toEqual(['e1', 'e2', 'e3']);
  expect([...litAt(result, graph, at(4), 'bob').nodes]).toEqual(['start', 'mail', 'wait']);
});

test('a contact is somewhere only between entering and leaving', () => {
  const [ada, bob] = result.contacts as [SimulatedContact, SimulatedContact];
  expect(placeAt(ada, graph, at(1) - 10_000)).toBeNull();
  expect(placeAt(ada, graph, at(2))).toBe('wait');
  expect(placeAt(ada, graph, at(4))).toBeNull();
  expect(placeAt(bob, graph, at(4))).toBe('wait');
});

test('what happens within a minute is one moment', () => {
  expect(momentsOf(result)).toHaveLength(2);
});
