/** A simulation played back: who stands where at a moment, and which ways were taken until then. */

import type { Graph, GraphEdge, SimulatedContact, SimulationResult } from '@/lib/api/types';
import type { Together } from '@/lib/graph/groups';

/** What is to be said of a step at a moment. */
export interface Standing {
  entered: number;
  here: number;
  skipped: number;
  failed: number;
}

export interface Lit {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
}

/** So many left a step by a way out. */
interface Flow {
  node: string;
  /** Null: their passage ended there. */
  outlet: string | null;
  n: number;
}

const USUAL = ['next', 'sent', 'done'];

/** The edge that an outlet leads along; a way that nobody drew is the usual one. */
export function edgeBy({ edges }: Graph, node: string, outlet: string): GraphEdge | undefined {
  const ways = edges.filter(({ source }) => source === node);
  const named = ways.find(({ sourceHandle }) => (sourceHandle ?? 'next') === outlet);
  return named ?? ways.find(({ sourceHandle }) => USUAL.includes(sourceHandle ?? 'next')) ?? ways[0];
}

const pathsOf = ({ passages }: SimulatedContact) => passages.flatMap(({ path }) => path);

/** Whether everyone's path is known to the minute; of larger simulations only each day is. */
const isExact = ({ contacts, counts }: SimulationResult): boolean => contacts.length >= counts.contacts;

function flowsUntil(result: SimulationResult, at: number): Flow[] {
  if (isExact(result)) return flowsOf(result.contacts, at);
  return result.days
    .filter(({ day }) => Date.parse(day) <= at)
    .flatMap(({ outlets = {} }) =>
      Object.entries(outlets).flatMap(([node, by]) => Object.entries(by).map(([outlet, n]) => ({ node, outlet, n }))),
    );
}

const flowsOf = (contacts: SimulatedContact[], at: number): Flow[] =>
  contacts
    .flatMap(pathsOf)
    .filter((step) => Date.parse(step.at) <= at)
    .map(({ node_id, outlet }) => ({ node: node_id, outlet, n: 1 }));

/** Each step's numbers at a moment; steps that nobody has come to are left out. */
export function standingsAt(result: SimulationResult, graph: Graph, at: number): Map<string, Standing> {
  const found = new Map<string, Standing>();
  const of = (id: string): Standing => {
    const standing = found.get(id) ?? { entered: 0, here: 0, skipped: 0, failed: 0 };
    found.set(id, standing);
    return standing;
  };
  const withWaysIn = new Set(graph.edges.map(({ target }) => target));
  const ends = new Set(graph.nodes.filter(({ type }) => type === 'exit').map(({ id }) => id));
  for (const { node, outlet, n } of flowsUntil(result, at)) {
    const here = of(node);
    if (!withWaysIn.has(node)) {
      here.entered += n;
      here.here += n;
    }
    if (!ends.has(node)) here.here -= n;
    if (outlet === 'skipped') here.skipped += n;
    if (outlet === 'failed') here.failed += n;
    const edge = outlet === null ? undefined : edgeBy(graph, node, outlet);
    if (!edge) continue;
    const next = of(edge.target);
    next.entered += n;
    if (!ends.has(edge.target)) next.here += n;
  }
  for (const standing of found.values()) standing.here = Math.max(0, standing.here);
  return found;
}

/** What is to be said of some steps together: whoever comes in is counted once. */
export function standingOf(
  standings: ReadonlyMap<string, Standing>,
  { all, entrances }: Together,
): Standing | undefined {
  const known = all.flatMap((id) => standings.get(id) ?? []);
  if (known.length === 0) return undefined;
  const sum = (of: (standing: Standing) => number) => known.reduce((total, each) => total + of(each), 0);
  return {
    entered: entrances.reduce((total, id) => total + (standings.get(id)?.entered ?? 0), 0),
    here: sum(({ here }) => here),
    skipped: sum(({ skipped }) => skipped),
    failed: sum(({ failed }) => failed),
  };
}

/** The steps and ways of everyone, or of one contact, until a moment. */
export function litAt(result: SimulationResult, graph: Graph, at: number, contactId?: string): Lit {
  const only = result.contacts.filter(({ contact_id }) => contact_id === contactId);
  const nodes = new Set<string>();
  const edges = new Set<string>();
  for (const { node, outlet } of contactId ? flowsOf(only, at) : flowsUntil(result, at)) {
    nodes.add(node);
    const edge = outlet === null ? undefined : edgeBy(graph, node, outlet);
    if (!edge) continue;
    edges.add(edge.id);
    nodes.add(edge.target);
  }
  return { nodes, edges };
}

/** Where a contact is at a moment: the step that they stand at, or null once they are out or while they are not in. */
export function placeAt({ passages }: SimulatedContact, graph: Graph, at: number): string | null {
  const passage = passages.findLast(({ entered_at }) => Date.parse(entered_at) <= at);
  if (!passage || (passage.ended_at && Date.parse(passage.ended_at) <= at)) return null;
  const last = passage.path.findLast((step) => Date.parse(step.at) <= at);
  if (!last) return null;
  return last.outlet ? (edgeBy(graph, last.node_id, last.outlet)?.target ?? null) : null;
}

/** The moments at which anything happens, in order, to step through. */
export function momentsOf(result: SimulationResult): number[] {
  const times = isExact(result)
    ? result.contacts.flatMap(pathsOf).map(({ at }) => Date.parse(at))
    : result.days.map(({ day }) => Date.parse(day) + 86_399_000);
  // Several things within one minute are one moment to whoever looks.
  const minutes = new Set(times.map((time) => Math.ceil((time + 1) / 60_000) * 60_000));
  return [...minutes].sort((a, b) => a - b);
}
