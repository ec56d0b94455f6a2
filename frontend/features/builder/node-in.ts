import type { CanvasNode } from '@/lib/graph/canvas';

const indexes = new WeakMap<CanvasNode[], Map<string, CanvasNode>>();

/** A node by its id: the list is indexed once, however many ask. */
export function nodeIn(nodes: CanvasNode[], id: string | null | undefined): CanvasNode | undefined {
  let index = indexes.get(nodes);
  if (!index) {
    index = new Map(nodes.map((node) => [node.id, node]));
    indexes.set(nodes, index);
  }
  return id ? index.get(id) : undefined;
}
