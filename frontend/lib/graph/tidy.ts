import { type Canvas, graphOf } from './canvas';
import { FRAME, folded, movedGroups } from './groups';
import { layOut } from './layout';

/** The canvas laid out anew: a folded group as one box, the steps of an open one side by side. */
export function tidied(canvas: Canvas): Canvas {
  const { nodes, edges, groups = [] } = folded(canvas);
  const sizes = new Map(nodes.map(({ id, measured }) => [id, measured ?? {}]));
  const graph = graphOf({ nodes: nodes.filter(({ type }) => type !== FRAME), edges });
  const places = layOut(
    graph,
    sizes,
    groups.filter(({ collapsed }) => !collapsed),
  );
  const moved = movedGroups(canvas, places);
  return { ...canvas, nodes: moved.map((node) => ({ ...node, position: places.get(node.id) ?? node.position })) };
}
