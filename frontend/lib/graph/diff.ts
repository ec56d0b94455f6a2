/** What differs between two drawn journeys; where steps stand does not count. */

import type { Graph, GraphEdge, GraphNode } from '@/lib/api/types';

export interface ChangedNode {
  before: GraphNode;
  after: GraphNode;
  /** The names of the settings that differ. */
  fields: string[];
}

export interface GraphDiff {
  added: GraphNode[];
  removed: GraphNode[];
  changed: ChangedNode[];
  edgesAdded: GraphEdge[];
  edgesRemoved: GraphEdge[];
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? '';

const wayOf = ({ source, sourceHandle, target }: GraphEdge) => `${source} ${sourceHandle ?? ''} ${target}`;

function missingIn(edges: GraphEdge[], others: GraphEdge[]): GraphEdge[] {
  const known = new Set(others.map(wayOf));
  return edges.filter((edge) => !known.has(wayOf(edge)));
}

function changedFields(before: GraphNode, after: GraphNode): string[] {
  const names = [...new Set([...Object.keys(before.data), ...Object.keys(after.data)])];
  const fields = names.filter((name) => text(before.data[name]) !== text(after.data[name]));
  return before.type === after.type ? fields : ['type', ...fields];
}

export function diffGraphs(before: Graph, after: Graph): GraphDiff {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const kept = new Set(after.nodes.map(({ id }) => id));
  return {
    added: after.nodes.filter(({ id }) => !old.has(id)),
    removed: before.nodes.filter(({ id }) => !kept.has(id)),
    changed: after.nodes.flatMap((node) => {
      const earlier = old.get(node.id);
      const fields = earlier ? changedFields(earlier, node) : [];
      return earlier && fields.length ? [{ before: earlier, after: node, fields }] : [];
    }),
    edgesAdded: missingIn(after.edges, before.edges),
    edgesRemoved: missingIn(before.edges, after.edges),
  };
}

type Settings = Record<string, unknown>;

/** A journey as it is drawn, and what holds for the whole of it. */
export interface Content {
  graph: Graph;
  settings: Settings;
}

/** The names of the settings that differ; one that is missing is as good as null. */
export const changedSettings = (before: Settings, after: Settings): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => text(before[name] ?? null) !== text(after[name] ?? null),
  );

/** How many ways lead elsewhere, came or went; those of steps that came or went go without saying. */
export function changedWays({ edgesAdded, edgesRemoved, added, removed }: GraphDiff): number {
  const news = new Set([...added, ...removed].map(({ id }) => id));
  return [...edgesAdded, ...edgesRemoved].filter(({ source, target }) => !news.has(source) && !news.has(target)).length;
}

/** How many changes there are to tell somebody of. */
export function countChanges(before: Content, after: Content): number {
  const diff = diffGraphs(before.graph, after.graph);
  const steps = diff.added.length + diff.removed.length + diff.changed.length;
  return steps + changedWays(diff) + changedSettings(before.settings, after.settings).length;
}

/** How many differences there are between two drawings. */
export const sizeOf = ({ added, removed, changed, edgesAdded, edgesRemoved }: GraphDiff): number =>
  added.length + removed.length + changed.length + edgesAdded.length + edgesRemoved.length;
