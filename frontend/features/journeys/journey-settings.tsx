import { Pencil } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Code } from '@/components/ui/code';
import { Facts } from '@/components/ui/facts';
import type { Journey } from '@/lib/api/types';
import { count } from '@/lib/format';
import { describeRule } from '@/lib/rules/words';

type Settings = Record<string, unknown>;

const RE_ENTRY: Record<string, string> = {
  once: 'Once in a lifetime',
  always: 'Every time',
  per_key: 'Once for each key, such as a cart',
};

function reEntry({ re_entry }: Settings): string {
  if (typeof re_entry === 'string') return RE_ENTRY[re_entry] ?? re_entry;
  const days = (re_entry as { after?: { days?: number } } | null)?.after?.days;
  return days ? `Again after ${count(days, 'day')}` : 'Once in a lifetime';
}

function exits({ exit_on }: Settings): string {
  const rules = Array.isArray(exit_on) ? exit_on : [];
  return rules.length ? rules.map(describeRule).join('; or ') : 'Only by the way it is drawn';
}

function goal(settings: Settings): string {
  const wanted = settings.goal as
    | { event?: string; rule?: unknown; window_days?: number; exits?: boolean }
    | null
    | undefined;
  if (!wanted) return 'None';
  const what = wanted.event ? `did ${wanted.event}` : describeRule(wanted.rule);
  const window = wanted.window_days ? ` within ${count(wanted.window_days, 'day')}` : '';
  return `${what}${window}${wanted.exits ? ', then leaves' : ''}`;
}

function quietHours({ quiet_hours }: Settings): string {
  if (quiet_hours === null) return 'None';
  const own = quiet_hours as { start?: string; end?: string } | undefined;
  return own?.start ? `${own.start} to ${own.end}` : 'The workspace’s';
}

/** The rules around the picture: who may enter again, what makes them leave, what counts. */
export function JourneySettings({ journey }: { journey: Journey }) {
  const { id, slug, state, settings } = journey;
  const change = state !== 'archived' && (
    <Button asChild size="sm">
      <Link href={`/journeys/edit?id=${id}&mode=settings`}>
        <Pencil /> Change
      </Link>
    </Button>
  );
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card title="Rules" description="They hold for everyone who enters the next version." actions={change}>
        <Facts
          facts={[
            ['Re-entry', reEntry(settings)],
            ['Leaves when', exits(settings)],
            ['Goal', goal(settings)],
            ['Quiet hours', quietHours(settings)],
            ['Time zone', String(settings.time_zone ?? 'The workspace’s')],
            ['Priority', String(settings.priority ?? 50)],
            ['Caps', settings.cap_exempt ? 'Exempt' : 'The workspace’s'],
            ['Holdout', settings.holdout_percent ? `${settings.holdout_percent} %` : 'The workspace’s only'],
            ['Name for API', <code key="slug">{slug}</code>],
          ]}
        />
      </Card>
      <Card title="As data">
        <Code label="Settings" text={JSON.stringify(settings, null, 2)} />
      </Card>
    </div>
  );
}
