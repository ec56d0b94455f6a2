/** Steps as text, so that they can be pasted into another journey, another tab or a mail to a colleague. */

import type { Graph } from '@/lib/api/types';
import { type Canvas, type CanvasNode, edgeId, graphOf, NOTE } from './canvas';
import type { Kinds } from './connect';
import { freshId, type Point, selected, snap } from './edit';

const MARK = 'sojourn/steps';

/** These steps with the edges between them, as text; nothing when there are none. */
export function copyText({ nodes, edges, groups = [] }: Canvas, ids: ReadonlySet<string>): string | null {
  if (ids.size === 0) return null;
  const inner = edges.filter(({ source, target }) => ids.has(source) && ids.has(target));
  const whole = groups.filter((group) => group.nodes.every((id) => ids.has(id)));
  const part = graphOf({ nodes: nodes.filter(({ id }) => ids.has(id)), edges: inner, groups: whole });
  return JSON.stringify({ kind: MARK, ...part }, null, 2);
}

function read(text: string): Graph | null {
  try {
    const { kind, nodes, edges, notes, groups } = JSON.parse(text);
    const isGraph = kind === MARK && Array.isArray(nodes) && Array.isArray(edges);
    const listed = (list: unknown) => (Array.isArray(list) ? list : []);
    return isGraph ? { nodes, edges, notes: listed(notes), groups: listed(groups) } : null;
  } catch {
    return null;
  }
}

/** Why a text cannot be pasted, or the canvas with its steps: with new ids, selected, their first corner at a place. */
export function pasted(canvas: Canvas, text: string, at: Point, kinds: Kinds): Canvas | string {
  const part = read(text);
  if (!part) return 'The clipboard holds no steps';
  const unknown = part.nodes.find(({ type }) => !kinds.has(type));
  if (unknown) return `There is no step of the kind ${unknown.type} here`;
  const notes = (part.notes ?? []).map(({ id, text: said, position }) => ({
    id,
    type: NOTE,
    position,
    data: { text: said },
  }));
  const all = [...notes, ...part.nodes].map((node) => ({ ...node, position: node.position ?? { x: 0, y: 0 } }));
  const corner = {
    x: Math.min(...all.map(({ position }) => position.x)),
    y: Math.min(...all.map(({ position }) => position.y)),
  };
  const ids = new Map<string, string>();
  const isTaken = (id: string) => canvas.nodes.some((node) => node.id === id) || [...ids.values()].includes(id);
  for (const { id, type } of all) ids.set(id, freshId(type, isTaken));
  const nodes: CanvasNode[] = all.map(({ id, type, position, data }) => ({
    id: ids.get(id) ?? id,
    type,
    data: structuredClone(data),
    position: snap({ x: position.x - corner.x + at.x, y: position.y - corner.y + at.y }),
  }));
  const edges = part.edges.flatMap(({ source, sourceHandle, target }) => {
    const [from, to] = [ids.get(source), ids.get(target)];
    return from && to ? [{ id: edgeId(from, sourceHandle, to), source: from, sourceHandle, target: to }] : [];
  });
  const taken = new Set([...canvas.nodes, ...(canvas.groups ?? [])].map(({ id }) => id));
  const groups = (part.groups ?? []).map((group) => ({
    ...group,
    id: freshId('group', (id) => taken.has(id)),
    nodes: group.nodes.flatMap((id) => ids.get(id) ?? []),
  }));
  const both = {
    nodes: [...canvas.nodes, ...nodes],
    edges: [...canvas.edges, ...edges],
    groups: [...(canvas.groups ?? []), ...groups],
  };
  return selected(
    both,
    nodes.map(({ id }) => id),
  );
}
