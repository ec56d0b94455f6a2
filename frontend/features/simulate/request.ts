/** What is asked of a simulation, as the form holds it, and as the server takes it. */

import type { Contact, EventAssumption, Graph } from '@/lib/api/types';
import { isTrigger } from '@/lib/nodes';

export type Who = 'made_up' | 'people' | 'segment';
export type Pairs = [name: string, value: string][];

export interface MadeUp {
  first_name: string;
  time_zone: string;
  attributes: Pairs;
  count: number;
}

export interface Wish {
  who: Who;
  madeUp: MadeUp[];
  people: Contact[];
  segmentId: string;
  sample: number;
  triggerId: string;
  payload: Pairs;
  /** Local date and time; empty for now. */
  start: string;
  days: number;
  /** Let in those whom re-entry would keep out. */
  again: boolean;
  /** In percent. */
  open: number;
  click: number;
  unsubscribe: number;
  awaited: number;
  events: EventAssumption[];
}

export const newPerson = (name = 'Sam'): MadeUp => ({ first_name: name, time_zone: '', attributes: [], count: 1 });

export const newWish = (graph: Graph): Wish => ({
  who: 'made_up',
  madeUp: [newPerson()],
  people: [],
  segmentId: '',
  sample: 200,
  triggerId: graph.nodes.find(isTrigger)?.id ?? '',
  payload: [],
  start: '',
  days: 90,
  again: false,
  open: 35,
  click: 5,
  unsubscribe: 0.2,
  awaited: 30,
  events: [],
});

/** For how many people to ask for path and mails. */
const DETAILED = 200;

/** `true` and `12` as what they are, everything else as text. */
function typed(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

const valuesOf = (pairs: Pairs): Record<string, unknown> =>
  Object.fromEntries(pairs.filter(([name]) => name.trim()).map(([name, value]) => [name.trim(), typed(value)]));

function whoOf({ who, madeUp, people, segmentId, sample }: Wish) {
  if (who === 'people') return { contacts: people.map(({ id }) => id) };
  if (who === 'segment') return { segment_id: segmentId, sample };
  return {
    synthetic: madeUp.map(({ first_name, time_zone, attributes, count }) => ({
      first_name,
      time_zone: time_zone || null,
      attributes: valuesOf(attributes),
      count,
    })),
  };
}

export const isComplete = ({ who, madeUp, people, segmentId, triggerId }: Wish): boolean =>
  !!triggerId && (who === 'people' ? people.length > 0 : who === 'segment' ? !!segmentId : madeUp.length > 0);

export function requestOf(wish: Wish) {
  const { triggerId, payload, start, days, again, open, click, unsubscribe, awaited, events } = wish;
  return {
    ...whoOf(wish),
    trigger_id: triggerId,
    payload: valuesOf(payload),
    start_at: start ? new Date(start).toISOString() : null,
    days,
    detailed: DETAILED,
    ignore_earlier_entries: again,
    assumptions: {
      mail: { open_rate: open / 100, click_rate: click / 100, unsubscribe_rate: unsubscribe / 100 },
      awaited_rate: awaited / 100,
      events: events.filter(({ event }) => event.trim()),
    },
  };
}
