import { formatCompact } from '@/lib/format';
import type { Standing } from '@/lib/simulation/replay';

/** The foot of a step in a simulation: how many came, are here and were skipped until the moment. */
export function Strip({ standing }: { standing?: Standing }) {
  if (!standing) return null;
  const { entered, here, skipped, failed } = standing;
  const part = (n: number, name: string, className = '') =>
    n > 0 && (
      <span className={className}>
        <span className="num font-medium">{formatCompact(n)}</span> {name}
      </span>
    );
  return (
    <p className="flex h-7 items-center gap-2 overflow-hidden whitespace-nowrap border-t px-3 text-2xs text-ink-3">
      {part(entered, 'in')}
      {part(here, 'here', 'text-accent-ink')}
      {part(skipped, 'skipped', 'text-warn')}
      {part(failed, 'failed', 'text-bad')}
    </p>
  );
}
