/** Steps that are drawn together under a name, and may be folded into one. They change nothing of the journey. */

import { applyNodeChanges, type NodeChange } from '@xyflow/react';
import type { StepGroup } from '@/lib/api/types';
import { type Canvas, type CanvasEdge, type CanvasNode, edgeId, type Groups, livingGroups } from './canvas';
import { freshId } from './edit';
import { NODE_HEIGHT, NODE_WIDTH } from './layout';

/** The types of a group on the canvas: folded into one, or a frame around its steps. */
export const FOLDED = 'folded_group';
export const FRAME = 'group_frame';

export const isGroup = ({ type }: { type?: string }): boolean => type === FOLDED || type === FRAME;

/** What lies on a frame is clicked, not the frame. */
const CLEAR = { pointerEvents: 'none' } as const;

const PADDING = 20;
const HEADER = 32;
const BELOW = 36;
const GAP = 56;
const FOLDED_HEIGHT = 92;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const heightOf = ({ measured }: CanvasNode): number => measured?.height ?? NODE_HEIGHT;

/** The smallest box around some nodes. */
function boxAround(nodes: CanvasNode[]): Box {
  const x = Math.min(...nodes.map(({ position }) => position.x));
  const y = Math.min(...nodes.map(({ position }) => position.y));
  const right = Math.max(...nodes.map(({ position, measured }) => position.x + (measured?.width ?? NODE_WIDTH)));
  const bottom = Math.max(...nodes.map((node) => node.position.y + heightOf(node)));
  return { x, y, width: right - x, height: bottom - y };
}

/** Where a group is drawn: a frame with room for its name, or a box as large as a step at the top of it. */
function placeOf(group: StepGroup, members: CanvasNode[]): Box {
  const { x, y, width, height } = boxAround(members);
  return group.collapsed
    ? { x: Math.round(x + (width - NODE_WIDTH) / 2), y, width: NODE_WIDTH, height: FOLDED_HEIGHT }
    : { x: x - PADDING, y: y - HEADER, width: width + 2 * PADDING, height: height + HEADER + BELOW };
}

/** Another group of these steps, taken out of the groups that they were in. */
export function grouped({ nodes, groups = [] }: Canvas, ids: readonly string[]): StepGroup[] {
  const id = freshId('group', (each) => [...nodes, ...groups].some((known) => known.id === each));
  return livingGroups([{ id, name: '', nodes: [...ids], collapsed: false }, ...groups], { nodes });
}

/** A step that was put into an edge belongs to the group that both ends are in. */
export const joined = (groups: Groups, id: string, { source, target }: CanvasEdge): Groups =>
  groups.map((group) =>
    group.nodes.includes(source) && group.nodes.includes(target) ? { ...group, nodes: [...group.nodes, id] } : group,
  );

/** The group that is selected as a whole, and nothing besides. */
export const groupOf = (groups: Groups, ids: readonly string[]): StepGroup | undefined =>
  groups.find(({ nodes }) => nodes.length === ids.length && nodes.every((id) => ids.includes(id)));

/** Steps of which one number is told, and those of them by which people come in. */
export interface Together {
  all: readonly string[];
  entrances: readonly string[];
}

/** A group's steps; people come in from outside, or where nothing leads. */
export function together({ nodes }: StepGroup, edges: readonly Pick<CanvasEdge, 'source' | 'target'>[]): Together {
  const inside = new Set(nodes);
  const entrances = nodes.filter((id) => {
    const ways = edges.filter(({ target }) => target === id);
    return ways.length === 0 || ways.some(({ source }) => !inside.has(source));
  });
  return { all: nodes, entrances };
}

/** The canvas as it is shown: folded groups stand for their steps, and the others have a frame behind theirs. */
export function folded(canvas: Canvas): Canvas {
  const groups = livingGroups(canvas.groups ?? [], canvas);
  if (groups.length === 0) return canvas;
  const byId = new Map(canvas.nodes.map((node) => [node.id, node]));
  const membersOf = (group: StepGroup) => group.nodes.flatMap((id) => byId.get(id) ?? []);
  const standsFor = new Map(
    groups.flatMap(({ id, nodes, collapsed }) => (collapsed ? nodes.map((node): [string, string] => [node, id]) : [])),
  );
  const boxes = groups.map((group) => boxNode(group, membersOf(group)));
  const frames = boxes.filter(({ type }) => type === FRAME);
  const inOne = boxes.filter(({ type }) => type === FOLDED);
  const shown = canvas.nodes.filter(({ id }) => !standsFor.has(id));
  return { ...canvas, nodes: [...frames, ...shown, ...inOne], edges: foldedEdges(canvas.edges, standsFor) };
}

function boxNode(group: StepGroup, members: CanvasNode[]): CanvasNode {
  const { x, y, width, height } = placeOf(group, members);
  const common = { id: group.id, position: { x, y }, data: { group }, width, height, measured: { width, height } };
  return group.collapsed
    ? { ...common, type: FOLDED, selected: members.every(({ selected }) => selected) }
    : {
        ...common,
        type: FRAME,
        selectable: false,
        focusable: false,
        zIndex: -1,
        dragHandle: '.group-handle',
        style: CLEAR,
      };
}

/** Edges between the boxes that are shown; of several from one to the other, the first. What is inside one is hidden. */
function foldedEdges(edges: CanvasEdge[], standsFor: ReadonlyMap<string, string>): CanvasEdge[] {
  const met = new Set<string>();
  return edges.flatMap((edge) => {
    const [source, target] = [standsFor.get(edge.source), standsFor.get(edge.target)];
    if (!source && !target) return [edge];
    const [from, to] = [source ?? edge.source, target ?? edge.target];
    const way = edgeId(from, source ? '' : edge.sourceHandle, to);
    if (from === to || met.has(way)) return [];
    met.add(way);
    return [{ ...edge, source: from, target: to, sourceHandle: source ? null : edge.sourceHandle, data: { edge } }];
  });
}

/** The canvas with a group folded or unfolded, and what comes after it moved up or down as it needs. */
export function toggled(canvas: Canvas, id: string): Canvas {
  const groups = canvas.groups ?? [];
  const group = livingGroups(groups, canvas).find((each) => each.id === id);
  if (!group) return canvas;
  const flipped = { ...group, collapsed: !group.collapsed };
  const members = canvas.nodes.filter((node) => group.nodes.includes(node.id));
  const place = placeOf(flipped, members);
  const turned = { ...canvas, groups: groups.map((each) => (each.id === id ? flipped : each)) };
  return closedUp(turned, group, place.y + place.height + GAP);
}

/** Moves what comes after a group so that it begins right below it; nothing that stands beside is run over. */
function closedUp(canvas: Canvas, group: StepGroup, from: number): Canvas {
  const inside = new Set(group.nodes);
  const top = boxAround(canvas.nodes.filter(({ id }) => inside.has(id))).y;
  const after = new Set<string>(inside);
  for (const id of after) for (const { source, target } of canvas.edges) if (source === id) after.add(target);
  const moves = ({ id, position }: CanvasNode) => after.has(id) && !inside.has(id) && position.y > top;
  const below = canvas.nodes.filter(moves);
  if (below.length === 0) return canvas;
  const first = Math.min(...below.map(({ position }) => position.y));
  const beside = canvas.nodes.filter((node) => !moves(node) && !inside.has(node.id) && node.position.y < first);
  const free = Math.max(from, ...beside.map((node) => node.position.y + heightOf(node) + GAP));
  const by = from > first ? from - first : Math.min(0, free - first);
  if (by === 0) return canvas;
  const nodes = canvas.nodes.map((node) =>
    moves(node) ? { ...node, position: { x: node.position.x, y: node.position.y + by } } : node,
  );
  return { ...canvas, nodes };
}

type Places = ReadonlyMap<string, { x: number; y: number }>;

/** The nodes after what React Flow reports: a group that is moved or selected moves or selects its steps. */
export function changedNodes(canvas: Canvas, changes: NodeChange<CanvasNode>[]): CanvasNode[] {
  const groups = new Map(livingGroups(canvas.groups ?? [], canvas).map((group) => [group.id, group]));
  const places = new Map<string, { x: number; y: number }>();
  const own = changes.flatMap((change): NodeChange<CanvasNode>[] => {
    const group = 'id' in change ? groups.get(change.id) : undefined;
    if (!group) return [change];
    if (change.type === 'position' && change.position) places.set(group.id, change.position);
    return change.type === 'select' ? group.nodes.map((id) => ({ ...change, id })) : [];
  });
  return applyNodeChanges(own, places.size ? movedGroups(canvas, places) : canvas.nodes);
}

/** The nodes with some groups elsewhere: their steps move by as much as the box does. */
export function movedGroups({ nodes, groups = [] }: Canvas, places: Places): CanvasNode[] {
  const byMember = new Map<string, { dx: number; dy: number }>();
  for (const group of livingGroups(groups, { nodes })) {
    const to = places.get(group.id);
    if (!to) continue;
    const members = nodes.filter(({ id }) => group.nodes.includes(id));
    const { x, y } = placeOf(group, members);
    for (const id of group.nodes) byMember.set(id, { dx: to.x - x, dy: to.y - y });
  }
  return nodes.map((node) => {
    const by = byMember.get(node.id);
    return by ? { ...node, position: { x: node.position.x + by.dx, y: node.position.y + by.dy } } : node;
  });
}

/** Groups of which only a part is among these steps are unfolded: what is selected can be seen. */
export function unfoldedFor(groups: Groups, ids: ReadonlySet<string>): Groups {
  const isPart = ({ collapsed, nodes }: StepGroup) =>
    collapsed && nodes.some((id) => ids.has(id)) && !nodes.every((id) => ids.has(id));
  return groups.some(isPart) ? groups.map((group) => (isPart(group) ? { ...group, collapsed: false } : group)) : groups;
}
