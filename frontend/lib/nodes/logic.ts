import { CirclePlay, CircleStop, Flag, GitBranch, Shuffle, UserRoundX } from 'lucide-react';
import { describeRule } from '@/lib/rules/words';
import type { NodeDescriptor } from './descriptor';

interface Path {
  id: string;
  label?: string;
  rule?: unknown;
}
interface Variant {
  id: string;
  label?: string;
  weight?: number;
}

const pathsOf = (value: unknown) => (Array.isArray(value) ? (value as Path[]) : []);
const variantsOf = (value: unknown) => (Array.isArray(value) ? (value as Variant[]) : []);

export const logic = {
  branch: {
    title: 'Branch',
    group: 'logic',
    icon: GitBranch,
    summary: ({ paths }) => {
      const [first, ...others] = pathsOf(paths);
      if (!first) return 'Everyone goes the same way';
      return others.length ? `${others.length + 2} ways, by who they are` : `If ${describeRule(first.rule)}`;
    },
    outlet: (outlet, { paths }) => {
      if (outlet === 'else') return 'Everyone else';
      const path = pathsOf(paths).find(({ id }) => id === outlet);
      return path ? path.label || describeRule(path.rule) : outlet;
    },
  },
  split: {
    title: 'Split',
    group: 'logic',
    icon: Shuffle,
    summary: ({ variants }) =>
      variantsOf(variants)
        .map(({ id, label, weight }) => `${weight ?? '?'} % ${label || id}`)
        .join(', '),
    outlet: (outlet, { variants }) => variantsOf(variants).find(({ id }) => id === outlet)?.label ?? outlet,
  },
  holdout: {
    title: 'Holdout',
    group: 'logic',
    icon: UserRoundX,
    summary: () => 'Keep some back, to measure the lift',
    outlet: (outlet) => (outlet === 'treated' ? 'Treated' : 'Held out'),
  },
  goal: { title: 'Goal', group: 'logic', icon: Flag, summary: () => 'Counts as reached' },
  exit: {
    title: 'Exit',
    group: 'logic',
    icon: CircleStop,
    summary: ({ reason }) => (reason ? `Leave: ${reason}` : 'Leave the journey'),
  },
  start_journey: { title: 'Start journey', group: 'logic', icon: CirclePlay, summary: () => 'Enter another journey' },
} satisfies Record<string, NodeDescriptor>;
