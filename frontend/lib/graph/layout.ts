import dagre from '@dagrejs/dagre';
import type { Graph, GraphNode, StepGroup } from '@/lib/api/types';

export const NODE_WIDTH = 240;
export const NODE_HEIGHT = 92;

type Positions = Map<string, { x: number; y: number }>;

const overlap = (a: GraphNode, b: GraphNode): boolean =>
  !!a.position &&
  !!b.position &&
  Math.abs(a.position.x - b.position.x) < NODE_WIDTH &&
  Math.abs(a.position.y - b.position.y) < NODE_HEIGHT;

/** Whether a picture drawn at the stored positions could not be read: some are missing, or nodes lie on each other. */
export function needsLayout({ nodes, groups = [] }: Graph): boolean {
  // What stands below a folded group may lie on steps that are hidden in it.
  const hidden = new Map(
    groups.flatMap(({ id, nodes: members, collapsed }) => (collapsed ? members.map((each) => [each, id]) : [])),
  );
  const collide = (a: GraphNode, b: GraphNode) => hidden.get(a.id) === hidden.get(b.id) && overlap(a, b);
  return nodes.some((node, index) => !node.position || nodes.slice(index + 1).some((other) => collide(node, other)));
}

interface Size {
  width?: number;
  height?: number;
}

/** Places every node below those that lead to it, groups together; edges that close a loop do not push anything down. */
export function layOut(
  { nodes, edges }: Graph,
  sizes: ReadonlyMap<string, Size> = new Map(),
  groups: readonly StepGroup[] = [],
): Positions {
  const sizeOf = (id: string) => ({
    width: sizes.get(id)?.width ?? NODE_WIDTH,
    height: sizes.get(id)?.height ?? NODE_HEIGHT,
  });
  const drawing = new dagre.graphlib.Graph({ multigraph: true, compound: true })
    .setGraph({ rankdir: 'TB', nodesep: 40, ranksep: 56 })
    .setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) drawing.setNode(id, sizeOf(id));
  for (const group of groups) {
    drawing.setNode(group.id, {});
    for (const id of group.nodes) drawing.setParent(id, group.id);
  }
  for (const { id, source, target } of edges) {
    if (drawing.hasNode(source) && drawing.hasNode(target)) drawing.setEdge(source, target, {}, id);
  }
  dagre.layout(drawing);
  return new Map(
    nodes.map(({ id }) => {
      const { x, y } = drawing.node(id);
      const { width, height } = sizeOf(id);
      return [id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) }];
    }),
  );
}

/** The stored positions where they make a readable picture, else our own. */
export function positionsOf(graph: Graph): Positions {
  if (needsLayout(graph)) return layOut(graph);
  return new Map(graph.nodes.map(({ id, position }) => [id, position ?? { x: 0, y: 0 }]));
}
