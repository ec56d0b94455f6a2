import { Badge, type Tone } from '@/components/ui/badge';
import { humanize } from '@/lib/format';

const TONES: Record<string, Tone> = {
  live: 'ok',
  draft: 'neutral',
  paused: 'warn',
  archived: 'neutral',
  active: 'info',
  completed: 'ok',
  exited: 'neutral',
  failed: 'bad',
};

/** The state of a journey, or of a person in one. */
export function StateBadge({ state }: { state: string }) {
  return (
    <Badge tone={TONES[state] ?? 'neutral'} dot>
      {humanize(state)}
    </Badge>
  );
}
