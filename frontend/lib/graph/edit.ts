/** Changes of the canvas, each from one state to the next. */

import type { NodeConfig, NodeKind } from '@/lib/api/types';
import { descriptorOf } from '@/lib/nodes';
import { initialConfig, outletsOf } from '@/lib/nodes/schema';
import { type Canvas, type CanvasEdge, type CanvasNode, edgeId, isStep, NOTE } from './canvas';
import { isTriggerKind, type Kinds, refusal, type Way } from './connect';
import { NODE_HEIGHT, NODE_WIDTH } from './layout';

export interface Point {
  x: number;
  y: number;
}

const GRID = 8;
const ROW = NODE_HEIGHT + 72;
const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

export const snap = ({ x, y }: Point): Point => ({ x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID });

/** An id that no step had: one that was deleted may still have people inside an older version. */
export function freshId(type: string, isTaken: (id: string) => boolean): string {
  const random = crypto.getRandomValues(new Uint8Array(5));
  const id = `${type.slice(0, 50)}_${Array.from(random, (byte) => LETTERS[byte % LETTERS.length]).join('')}`;
  return isTaken(id) ? freshId(type, isTaken) : id;
}

const idIn = (type: string, { nodes }: Canvas) => freshId(type, (id) => nodes.some((node) => node.id === id));

const edgeOf = ({ source, sourceHandle, target }: Way): CanvasEdge => ({
  id: edgeId(source, sourceHandle, target),
  source,
  sourceHandle,
  target,
});

const selectOnly = (nodes: CanvasNode[], ids: ReadonlySet<string>): CanvasNode[] =>
  nodes.map((node) => (!!node.selected === ids.has(node.id) ? node : { ...node, selected: ids.has(node.id) }));

/** The canvas with only these steps selected. */
export const selected = (canvas: Canvas, ids: readonly string[]): Canvas => ({
  ...canvas,
  nodes: selectOnly(canvas.nodes, new Set(ids)),
  edges: canvas.edges.some((edge) => edge.selected)
    ? canvas.edges.map((edge) => (edge.selected ? { ...edge, selected: false } : edge))
    : canvas.edges,
});

export interface Added {
  canvas: Canvas;
  id: string;
}

/** How a new step is set up. */
const beginning = (type: string, kind: NodeKind | undefined): NodeConfig =>
  structuredClone(descriptorOf(type, kind).initial ?? (kind ? initialConfig(kind) : {}));

/** Another step, selected; `from` is the way out that is to lead to it. */
export function addStep(
  canvas: Canvas,
  type: string,
  position: Point,
  kinds: Kinds,
  from?: Omit<Way, 'target'>,
): Added {
  const id = idIn(type, canvas);
  const kind = kinds.get(type);
  const node: CanvasNode = { id, type, position: snap(position), data: beginning(type, kind) };
  const grown = selected({ nodes: [...canvas.nodes, node], edges: canvas.edges }, [id]);
  return { canvas: from ? connected(grown, { ...from, target: id }, kinds) : grown, id };
}

export function addNote(canvas: Canvas, position: Point): Added {
  const id = idIn(NOTE, canvas);
  const note: CanvasNode = { id, type: NOTE, position: snap(position), data: { text: '' } };
  return { canvas: selected({ nodes: [note, ...canvas.nodes], edges: canvas.edges }, [id]), id };
}

/** A step put into an edge: the way goes on from the step's usual outlet, and what comes after makes room. */
export function insertStep(canvas: Canvas, edge: string, type: string, kinds: Kinds): Added | null {
  const cut = canvas.edges.find(({ id }) => id === edge);
  const target = canvas.nodes.find(({ id }) => id === cut?.target);
  if (!cut || !target || isTriggerKind(kinds.get(type))) return null;
  const source = canvas.nodes.find(({ id }) => id === cut.source);
  const place = { x: target.position.x, y: Math.max(target.position.y, (source?.position.y ?? 0) + ROW) };
  const open = { nodes: canvas.nodes, edges: canvas.edges.filter(({ id }) => id !== edge) };
  const moved = pushDown(open, target.id, place.y + ROW - target.position.y);
  const { canvas: grown, id } = addStep(moved, type, place, kinds, cut);
  const [usual] = outletsOf({ type, data: grown.nodes.at(-1)?.data ?? {} }, kinds.get(type));
  return { canvas: connected(grown, { source: id, sourceHandle: usual, target: target.id }, kinds), id };
}

/** Moves a step and all that comes after it down; what stands above it, as in a loop, stays. */
function pushDown(canvas: Canvas, start: string, by: number): Canvas {
  const from = canvas.nodes.find(({ id }) => id === start)?.position.y ?? 0;
  const after = reachable(canvas, start);
  const nodes = canvas.nodes.map((node) =>
    after.has(node.id) && node.position.y >= from
      ? { ...node, position: { ...node.position, y: node.position.y + by } }
      : node,
  );
  return { ...canvas, nodes };
}

/** A step and everything that can be reached from it. */
export function reachable({ edges }: Canvas, start: string): Set<string> {
  const met = new Set([start]);
  for (const id of met) for (const { source, target } of edges) if (source === id) met.add(target);
  return met;
}

/** A step and all that is met only by way of it: up to where another branch joins in. */
export function branchFrom(canvas: Canvas, head: string): string[] {
  const fromHead = reachable(canvas, head);
  const around = { ...canvas, edges: canvas.edges.filter(({ source }) => source !== head) };
  const led = new Set(canvas.edges.map(({ target }) => target));
  const beginnings = canvas.nodes.filter(({ id }) => id !== head && !led.has(id));
  const others = new Set(beginnings.flatMap(({ id }) => [...reachable(around, id)]));
  return canvas.nodes.flatMap(({ id }) => (id === head || (fromHead.has(id) && !others.has(id)) ? [id] : []));
}

/** The canvas with another edge, where the connection is allowed. */
export function connected(canvas: Canvas, way: Way, kinds: Kinds): Canvas {
  if (refusal(way, canvas, kinds) !== null) return canvas;
  return { ...canvas, edges: [...canvas.edges, edgeOf(way)] };
}

/** A way out led elsewhere: the edge that it had is gone. */
export function redirected(canvas: Canvas, way: Way, kinds: Kinds): Canvas {
  const edges = canvas.edges.filter(
    ({ source, sourceHandle }) => source !== way.source || sourceHandle !== way.sourceHandle,
  );
  return connected({ ...canvas, edges }, way, kinds);
}

/** Without these steps; a way that led through one of them goes on to what came after it. */
export function without(canvas: Canvas, ids: readonly string[], kinds: Kinds, edgeIds: readonly string[] = []): Canvas {
  const gone = new Set(ids);
  const cut = new Set(edgeIds);
  const byId = new Map(canvas.nodes.map((node) => [node.id, node]));
  const left = {
    nodes: canvas.nodes.filter(({ id }) => !gone.has(id)),
    edges: canvas.edges.filter(({ id, source, target }) => !gone.has(source) && !gone.has(target) && !cut.has(id)),
  };
  const goesOnTo = (id: string, seen: string[] = []): string | undefined => {
    if (!gone.has(id)) return id;
    const node = byId.get(id);
    const usual = node && outletsOf(node, kinds.get(node.type))[0];
    const next = canvas.edges.find((edge) => edge.source === id && edge.sourceHandle === usual && !cut.has(edge.id));
    return next && !seen.includes(id) ? goesOnTo(next.target, [...seen, id]) : undefined;
  };
  return canvas.edges
    .filter(({ id, source, target }) => !gone.has(source) && gone.has(target) && !cut.has(id))
    .reduce((healed, { source, sourceHandle, target }) => {
      const next = goesOnTo(target);
      return next ? connected(healed, { source, sourceHandle, target: next }, kinds) : healed;
    }, left);
}

/** A step set up anew; edges from ways out that it has no longer are gone. */
export function configured(canvas: Canvas, id: string, data: NodeConfig, kinds: Kinds): Canvas {
  const node = canvas.nodes.find((each) => each.id === id);
  if (!node) return canvas;
  const changed = { ...node, data };
  const outlets = outletsOf(changed, kinds.get(node.type));
  const isKept = ({ source, sourceHandle }: CanvasEdge) =>
    source !== id || !isStep(node) || outlets.includes(sourceHandle ?? '');
  return {
    nodes: canvas.nodes.map((each) => (each === node ? changed : each)),
    edges: canvas.edges.every(isKept) ? canvas.edges : canvas.edges.filter(isKept),
  };
}

/** Where a step goes that is added without pointing at a place: below a step, beside what is there already. */
export function placeBelow({ nodes }: Canvas, id: string): Point {
  const above = nodes.find((node) => node.id === id);
  if (!above) return { x: 0, y: 0 };
  const y = above.position.y + ROW;
  let x = above.position.x;
  while (
    nodes.some(({ position }) => Math.abs(position.x - x) < NODE_WIDTH && Math.abs(position.y - y) < NODE_HEIGHT)
  ) {
    x += NODE_WIDTH + 40;
  }
  return { x, y };
}
