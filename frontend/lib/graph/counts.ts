import type { NodeCounts } from '@/lib/api/types';
import type { Together } from './groups';

/** The numbers of one step, or of several together; how many went on from several is not known. */
export type StepTotals = Omit<NodeCounts, 'passed'> & { passed: number | null };

/** The numbers of some steps together: who came in is counted at the entrances, all else at every step. */
export function sumOf(nodes: Record<string, NodeCounts>, { all, entrances }: Together): StepTotals | null {
  const known = all.flatMap((id) => nodes[id] ?? []);
  if (known.length === 0) return null;
  const sum = (of: (counts: NodeCounts) => number) => known.reduce((total, each) => total + of(each), 0);
  const skipped: Record<string, number> = {};
  for (const each of known) {
    for (const [reason, n] of Object.entries(each.skipped)) skipped[reason] = (skipped[reason] ?? 0) + n;
  }
  return {
    entered: entrances.reduce((total, id) => total + (nodes[id]?.entered ?? 0), 0),
    waiting: sum(({ waiting }) => waiting),
    passed: all.length === 1 ? sum(({ passed }) => passed) : null,
    converted: sum(({ converted }) => converted),
    exited: sum(({ exited }) => exited),
    failed: sum(({ failed }) => failed),
    skipped,
  };
}
