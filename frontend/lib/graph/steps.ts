import type { Graph, GraphNode } from '@/lib/api/types';
import { isTrigger, outletLabel } from '@/lib/nodes';

/** A node as a line of a list: how deep it lies in branches, and by which way it is reached. */
export interface ListedStep {
  node: GraphNode;
  depth: number;
  via?: string;
  /** The node is told of elsewhere: this line only says that the path goes on there. */
  repeats?: boolean;
}

/** A journey as a list that reads from top to bottom: each branch follows its node, indented, and paths that meet are told once. */
export function listSteps({ nodes, edges }: Graph): ListedStep[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const told = new Set<string>();
  const steps: ListedStep[] = [];

  const tell = (id: string, depth: number, via?: string) => {
    const node = byId.get(id);
    if (!node) return;
    if (told.has(id)) {
      steps.push({ node, depth, via, repeats: true });
      return;
    }
    told.add(id);
    steps.push({ node, depth, via });
    const ways = edges.filter((edge) => edge.source === id);
    for (const way of ways) tell(way.target, depth + (ways.length > 1 ? 1 : 0), outletLabel(node, way.sourceHandle));
  };

  for (const node of nodes.filter(isTrigger)) tell(node.id, 0);
  for (const node of nodes) if (!told.has(node.id)) tell(node.id, 0);
  return steps;
}
