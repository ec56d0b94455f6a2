import type { Graph, SimulationResult } from '@/lib/api/types';
import { formatNumber, humanize } from '@/lib/format';
import { listSteps } from '@/lib/graph/steps';
import { outletLabel, titleOf } from '@/lib/nodes';

type Counts = Record<string, number>;

/** Every step with how many took which way, and why mails were not sent. */
export function StepsTable({ result, graph }: { result: SimulationResult; graph: Graph }) {
  const forecasts = new Map(result.nodes.map((forecast) => [forecast.node_id, forecast]));
  const met = listSteps(graph).filter(({ node, repeats }) => !repeats && forecasts.get(node.id)?.entered);
  return (
    <ul aria-label="Steps" className="rounded-lg border text-sm">
      {met.map(({ node }) => {
        const { entered = 0, waiting = 0, outlets = {}, skipped = {}, failed = {} } = forecasts.get(node.id) ?? {};
        const drawn = graph.edges.flatMap(({ source, sourceHandle }) =>
          source === node.id ? [sourceHandle ?? 'next'] : [],
        );
        const ways = [...new Set([...drawn, ...Object.keys(outlets)])];
        return (
          <li key={node.id} className="rule-b grid gap-1.5 px-3 py-2">
            <p className="flex gap-2">
              <span className="min-w-0 flex-1 truncate font-medium">{titleOf(node)}</span>
              <span className="num">{formatNumber(entered)}</span>
            </p>
            {ways.length > 1 &&
              ways.map((outlet) => (
                <Way key={outlet} name={outletLabel(node, outlet) ?? 'Next'} n={outlets[outlet] ?? 0} of={entered} />
              ))}
            {waiting > 0 && <p className="text-ink-2 text-xs">{formatNumber(waiting)} still there at the end</p>}
            <Reasons word="Skipped" counts={skipped} />
            <Reasons word="Failed" counts={failed} />
          </li>
        );
      })}
    </ul>
  );
}

function Way({ name, n, of }: { name: string; n: number; of: number }) {
  const share = of ? Math.round((n / of) * 100) : 0;
  return (
    <p className="grid grid-cols-[96px_1fr_72px] items-center gap-2 text-ink-2 text-xs">
      <span className="truncate">{name}</span>
      <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-hover">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${share}%` }} />
      </span>
      <span className="num text-right">
        {formatNumber(n)} · {share}%
      </span>
    </p>
  );
}

function Reasons({ word, counts }: { word: string; counts: Counts }) {
  return Object.entries(counts).map(([reason, n]) => (
    <p key={reason} className="text-warn text-xs">
      {word}, {humanize(reason).toLowerCase()}: <span className="num">{formatNumber(n)}</span>
    </p>
  ));
}
