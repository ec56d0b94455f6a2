'use client';

import { Scrollable } from '@/components/ui/scrollable';
import type { Graph } from '@/lib/api/types';
import type { GraphDiff } from '@/lib/graph/diff';
import { NODE_WIDTH, positionsOf } from '@/lib/graph/layout';
import { titleOf } from '@/lib/nodes';

type Mark = 'added' | 'changed' | 'removed';

const STYLES: Record<Mark | 'same', string> = {
  added: 'fill-ok-soft stroke-ok',
  changed: 'fill-warn-soft stroke-warn',
  removed: 'fill-bad-soft stroke-bad [stroke-dasharray:10_8]',
  same: 'fill-surface stroke-line-strong',
};
const LEGEND: [Mark, string, string][] = [
  ['added', 'Added', 'border-ok bg-ok-soft'],
  ['changed', 'Changed', 'border-warn bg-warn-soft'],
  ['removed', 'Removed', 'border-bad border-dashed bg-bad-soft'],
];
const STEP_HEIGHT = 64;
const MARGIN = 20;
const LONGEST_TITLE = 19;

const shortened = (text: string) => (text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE - 1)}…` : text);

/** Begins at the first change: nobody has to look for it. */
function showFirstChange(picture: SVGSVGElement | null): void {
  const part = picture?.closest('section');
  const first = picture?.querySelector('[data-mark]');
  if (!part || !first) return;
  const [around, at] = [part.getBoundingClientRect(), first.getBoundingClientRect()];
  part.scrollTop += at.top - around.top - (around.height - at.height) / 2;
  part.scrollLeft += at.left - around.left - (around.width - at.width) / 2;
}

/** Both versions in one picture: what came is green, what changed amber, what went red. */
export default function DiffPicture({ before, after, diff }: { before: Graph; after: Graph; diff: GraphDiff }) {
  const marks = new Map<string, Mark>([
    ...diff.added.map(({ id }): [string, Mark] => [id, 'added']),
    ...diff.changed.map(({ after: { id } }): [string, Mark] => [id, 'changed']),
    ...diff.removed.map(({ id }): [string, Mark] => [id, 'removed']),
  ]);
  const both = { nodes: [...after.nodes, ...diff.removed], edges: [...after.edges, ...diff.edgesRemoved] };
  const places = positionsOf(both);
  const all = [...places.values()];
  const [left, top] = [Math.min(...all.map(({ x }) => x)) - MARGIN, Math.min(...all.map(({ y }) => y)) - MARGIN];
  const width = Math.max(...all.map(({ x }) => x)) + NODE_WIDTH + MARGIN - left;
  const height = Math.max(...all.map(({ y }) => y)) + STEP_HEIGHT + MARGIN - top;
  const way = (edge: { source: string; target: string }) => {
    const [from, to] = [places.get(edge.source), places.get(edge.target)];
    if (!from || !to) return '';
    const [x1, y1, x2, y2] = [from.x + NODE_WIDTH / 2, from.y + STEP_HEIGHT, to.x + NODE_WIDTH / 2, to.y];
    const bend = Math.max(24, (y2 - y1) / 2);
    return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
  };
  const keyOf = (edge: Graph['edges'][number]) => `${edge.source} ${edge.sourceHandle} ${edge.target}`;
  const fresh = new Set(diff.edgesAdded.map(keyOf));
  const gone = new Set(diff.edgesRemoved.map(keyOf));
  const tone = (key: string) =>
    gone.has(key) ? 'stroke-bad [stroke-dasharray:10_8]' : fresh.has(key) ? 'stroke-ok' : 'stroke-line-strong';
  return (
    <figure className="overflow-hidden rounded-lg border bg-sunken">
      <Scrollable label="Picture of the changes" className="max-h-[max(18rem,40vh)]">
        <svg
          ref={showFirstChange}
          role="img"
          aria-label={`${before.nodes.length} steps before, ${after.nodes.length} after`}
          viewBox={`${left} ${top} ${width} ${height}`}
          // Half of the canvas's size can still be read; a small journey is not blown up.
          style={{ width: width / 2, height: height / 2 }}
          className="mx-auto block max-w-none"
        >
          {both.edges.map((edge) => (
            <path key={keyOf(edge)} d={way(edge)} className={`fill-none ${tone(keyOf(edge))}`} strokeWidth={3} />
          ))}
          {both.nodes.map((node) => {
            const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
            const mark = marks.get(node.id);
            return (
              <g key={node.id} transform={`translate(${x} ${y})`} data-mark={mark}>
                <rect
                  width={NODE_WIDTH}
                  height={STEP_HEIGHT}
                  rx={14}
                  strokeWidth={mark ? 4 : 2}
                  className={STYLES[mark ?? 'same']}
                />
                <text x={NODE_WIDTH / 2} y={40} textAnchor="middle" fontSize={22} className="fill-ink font-medium">
                  {shortened(titleOf(node))}
                </text>
              </g>
            );
          })}
        </svg>
      </Scrollable>
      <figcaption className="flex gap-4 border-t bg-surface px-3 py-1.5 text-2xs text-ink-2">
        {LEGEND.map(([mark, word, look]) => (
          <span key={mark} className="inline-flex items-center gap-1.5">
            <span aria-hidden className={`size-3 rounded-sm border ${look}`} /> {word}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
