import { Table, TableHead } from '@/components/ui/table';
import type { Graph, SimulationResult } from '@/lib/api/types';
import { formatNumber } from '@/lib/format';
import { outletLabel, titleOf } from '@/lib/nodes';

/** Ways of branches and splits, by step: those are what people want to see by day. */
const branchesOf = ({ nodes, edges }: Graph) =>
  nodes.filter(({ id }) => edges.filter(({ source }) => source === id).length > 1);

const weekday = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
});

/** What happens on which day, in UTC, with the branches that are taken. */
export function DaysTable({ result: { days }, graph }: { result: SimulationResult; graph: Graph }) {
  const branches = branchesOf(graph);
  const most = Math.max(1, ...days.map(({ sent = 0 }) => sent));
  return (
    <Table label="Days">
      <TableHead columns={['Day', 'Entered#', 'Mails#', 'Branches']} />
      <tbody>
        {days.map(({ day, entered = 0, sent = 0, skipped = 0, outlets = {} }) => (
          <tr key={day} className="rule-b align-top">
            <td className="whitespace-nowrap py-2 pl-4">{weekday.format(new Date(day))}</td>
            <td className="num px-3 py-2 text-right">{formatNumber(entered)}</td>
            <td className="num px-3 py-2 text-right">
              {formatNumber(sent)}
              <span aria-hidden className="mt-1 block h-1 rounded-full bg-hover">
                <span
                  className="block h-full rounded-full bg-accent"
                  style={{ width: `${Math.round((sent / most) * 100)}%` }}
                />
              </span>
              {skipped > 0 && <span className="text-2xs text-warn">{formatNumber(skipped)} skipped</span>}
            </td>
            <td className="py-2 pr-4 text-ink-2 text-xs">
              {branches
                .filter(({ id }) => outlets[id])
                .map((node) => (
                  <p key={node.id}>
                    {titleOf(node)}:{' '}
                    {Object.entries(outlets[node.id] ?? {})
                      .map(([outlet, n]) => `${outletLabel(node, outlet) ?? 'Next'} ${formatNumber(n)}`)
                      .join(', ')}
                  </p>
                ))}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
