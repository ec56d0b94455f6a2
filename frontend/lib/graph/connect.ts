import type { NodeKind } from '@/lib/api/types';
import { isOptional, outletsOf } from '@/lib/nodes/schema';
import { type Canvas, isStep } from './canvas';

export type Kinds = ReadonlyMap<string, NodeKind>;

export interface Way {
  source: string;
  sourceHandle?: string | null;
  target: string;
}

export const isTriggerKind = (kind: NodeKind | undefined): boolean => kind?.group === 'trigger';

/** Why two steps cannot be connected, or null when they can. One function serves the mouse, the keyboard and paste. */
export function refusal({ source, sourceHandle, target }: Way, { nodes, edges }: Canvas, kinds: Kinds): string | null {
  const from = nodes.find(({ id }) => id === source);
  const to = nodes.find(({ id }) => id === target);
  if (!from || !to || !isStep(from) || !isStep(to)) return 'There is no such step';
  if (from === to) return 'A step cannot lead to itself';
  if (isTriggerKind(kinds.get(to.type))) return 'A trigger is where people come in: nothing leads to it';
  const outlets = outletsOf(from, kinds.get(from.type));
  if (outlets.length === 0) return 'Nothing comes after this step';
  if (!outlets.includes(sourceHandle ?? '')) return 'There is no such way out';
  const taken = edges.some((edge) => edge.source === source && edge.sourceHandle === sourceHandle);
  return taken ? 'This way already leads somewhere' : null;
}

/** The steps that a way out of a step may lead to, whichever it is. */
export const targetsFor = (source: string, { nodes }: Pick<Canvas, 'nodes'>, kinds: Kinds): string[] =>
  nodes.flatMap((node) =>
    isStep(node) && node.id !== source && !isTriggerKind(kinds.get(node.type)) ? [node.id] : [],
  );

/** The ways out of a step that lead nowhere yet. */
export function openOutlets(id: string, { nodes, edges }: Canvas, kinds: Kinds): string[] {
  const node = nodes.find((each) => each.id === id);
  if (!node || !isStep(node)) return [];
  const drawn = new Set(edges.filter(({ source }) => source === id).map(({ sourceHandle }) => sourceHandle));
  return outletsOf(node, kinds.get(node.type)).filter((outlet) => !drawn.has(outlet));
}

/** Where a step asked for after another one comes: at its first way out that leads nowhere, else into its first edge. */
export function spotAfter(
  id: string,
  canvas: Canvas,
  kinds: Kinds,
): { source: string; sourceHandle: string } | { edge: string } | null {
  const open = openOutlets(id, canvas, kinds);
  const needed = open.find((outlet) => !isOptional(outlet));
  if (needed) return { source: id, sourceHandle: needed };
  const first = canvas.edges.find(({ source }) => source === id);
  if (first) return { edge: first.id };
  return open[0] ? { source: id, sourceHandle: open[0] } : null;
}
