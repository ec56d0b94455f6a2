'use client';

import type { Graph } from '@/lib/api/types';
import { NODE_HEIGHT, NODE_WIDTH, positionsOf } from '@/lib/graph/layout';
import { descriptorOf, type NodeGroup } from '@/lib/nodes';

const FILLS: Record<NodeGroup, string> = {
  trigger: 'fill-group-trigger',
  timing: 'fill-group-timing',
  logic: 'fill-group-logic',
  message: 'fill-group-message',
  contact: 'fill-group-contact',
  outside: 'fill-group-outside',
  custom: 'fill-group-custom',
};
const MARGIN = 24;

/** A journey's shape, small: what it looks like, not what it says. */
export default function GraphThumb({ graph, className }: { graph: Graph; className?: string }) {
  const places = positionsOf(graph);
  const at = (id: string) => places.get(id) ?? { x: 0, y: 0 };
  const all = [...places.values()];
  const left = Math.min(0, ...all.map(({ x }) => x)) - MARGIN;
  const top = Math.min(0, ...all.map(({ y }) => y)) - MARGIN;
  const width = Math.max(...all.map(({ x }) => x), 0) + NODE_WIDTH + MARGIN - left;
  const height = Math.max(...all.map(({ y }) => y), 0) + NODE_HEIGHT + MARGIN - top;
  return (
    <svg aria-hidden viewBox={`${left} ${top} ${width} ${height}`} className={className}>
      {graph.edges.map(({ id, source, target }) => {
        const [from, to] = [at(source), at(target)];
        const [x1, y1, x2, y2] = [from.x + NODE_WIDTH / 2, from.y + NODE_HEIGHT, to.x + NODE_WIDTH / 2, to.y];
        const bend = Math.max(24, (y2 - y1) / 2);
        return (
          <path
            key={id}
            d={`M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`}
            className="fill-none stroke-line-strong"
            strokeWidth={5}
          />
        );
      })}
      {graph.nodes.map(({ id, type }) => {
        const { x, y } = at(id);
        return (
          <g key={id} transform={`translate(${x} ${y})`}>
            <rect
              width={NODE_WIDTH}
              height={NODE_HEIGHT}
              rx={16}
              strokeWidth={4}
              className="fill-surface stroke-line-strong"
            />
            <rect x={20} y={26} width={40} height={40} rx={10} className={FILLS[descriptorOf(type).group]} />
            <rect x={76} y={30} width={120} height={12} rx={6} className="fill-line-strong" />
            <rect x={76} y={52} width={80} height={10} rx={5} className="fill-line" />
          </g>
        );
      })}
    </svg>
  );
}
