import { Badge, type Tone } from '@/components/ui/badge';
import { humanize } from '@/lib/format';

const TONES: Record<string, Tone> = {
  queued: 'neutral',
  sending: 'info',
  sent: 'ok',
  delivered: 'ok',
  deferred: 'warn',
  bounced: 'bad',
  failed: 'bad',
  skipped: 'neutral',
  unknown: 'warn',
};

export const MESSAGE_STATES = Object.keys(TONES);

export function MessageState({ state }: { state: string }) {
  return (
    <Badge tone={TONES[state] ?? 'neutral'} dot>
      {humanize(state)}
    </Badge>
  );
}
