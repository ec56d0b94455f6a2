import type { Graph, GraphEdge, GraphNode } from '@/lib/api/types';
import { isTrigger, outletLabel } from '@/lib/nodes';

/** A node as a line of a list: how deep it lies in branches, and by which way it is reached. */
export interface ListedStep {
  node: GraphNode;
  depth: number;
  via?: string;
  /** The node is told of elsewhere: this line only says that the path goes on there. */
  repeats?: boolean;
}

/** Every node that can be reached from one, in the order a walk meets them. */
function reachable({ edges }: Graph, start: string): string[] {
  const met = [start];
  for (const id of met) {
    for (const { source, target } of edges) if (source === id && !met.includes(target)) met.push(target);
  }
  return met;
}

/** Where the ways out of a node meet again, if they do. */
function meeting(graph: Graph, targets: string[]): string | undefined {
  const [first = [], ...others] = targets.map((target) => reachable(graph, target));
  return first.find((id) => others.every((met) => met.includes(id)));
}

/** A journey as a list that reads from top to bottom: each branch follows its node, indented, until the ways meet again. */
export function listSteps(graph: Graph): ListedStep[] {
  const { nodes, edges } = graph;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const told = new Set<string>();
  const steps: ListedStep[] = [];

  const tell = (id: string, depth: number, via?: string, until?: string) => {
    const node = byId.get(id);
    if (!node || id === until) return;
    if (told.has(id)) {
      steps.push({ node, depth, via, repeats: true });
      return;
    }
    told.add(id);
    steps.push({ node, depth, via });
    const ways = edges.filter((edge) => edge.source === id);
    const label = (way: GraphEdge) => outletLabel(node, way.sourceHandle);
    if (ways.length < 2) {
      for (const way of ways) tell(way.target, depth, label(way), until);
      return;
    }
    const join = meeting(
      graph,
      ways.map((way) => way.target),
    );
    for (const way of ways) {
      if (way.target === join)
        steps.push({ node: byId.get(join) ?? node, depth: depth + 1, via: label(way), repeats: true });
      else tell(way.target, depth + 1, label(way), join);
    }
    if (join) tell(join, depth, undefined, until);
  };

  for (const node of nodes.filter(isTrigger)) tell(node.id, 0);
  for (const node of nodes) if (!told.has(node.id)) tell(node.id, 0);
  return steps;
}
