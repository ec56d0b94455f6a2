import Link from 'next/link';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { Facts } from '@/components/ui/facts';
import { Notice } from '@/components/ui/notice';
import { Ago } from '@/components/ui/time';
import type { ContactDetail } from '@/lib/api/types';
import { formatValue, humanize } from '@/lib/format';
import { Scores } from './scores';

/** Who the person is: what we know, what they agreed to, and where they belong. */
export function Profile({ contact }: { contact: ContactDetail }) {
  return (
    <div className="grid content-start gap-4">
      {contact.suppression && (
        <Notice tone="warn">
          Suppressed: nothing is sent. Reason: {humanize(contact.suppression.reason).toLowerCase()}.
        </Notice>
      )}
      <Known contact={contact} />
      <Scores contactId={contact.id} scores={contact.scores} />
      <Consents contact={contact} />
      <Belongs contact={contact} />
    </div>
  );
}

function Known({ contact }: { contact: ContactDetail }) {
  const standard: [string, unknown][] = [
    ['Email', contact.email],
    ['Phone', contact.phone],
    ['Country', contact.country],
    ['City', contact.city],
    ['Time zone', contact.time_zone],
    ['Language', contact.language],
    ['Lifecycle', contact.lifecycle],
    ['Your id', contact.external_id],
  ];
  const known = [...standard.filter(([, value]) => value), ...Object.entries(contact.attributes)];
  return (
    <Card title="Profile">
      <Facts
        facts={[
          ...known.map(([name, value]): [string, string] => [name, formatValue(value)]),
          ['Since', <Ago key="since" at={contact.created_at} />],
        ]}
      />
    </Card>
  );
}

function Consents({ contact }: { contact: ContactDetail }) {
  const consents = contact.consents ?? [];
  if (consents.length === 0) return null;
  return (
    <Card title="Consent">
      <Facts
        facts={consents.map(({ topic, state, at }) => [
          humanize(topic),
          <span key={topic} className="flex flex-wrap items-center gap-2">
            <Badge tone={state === 'subscribed' ? 'ok' : 'warn'}>{humanize(state)}</Badge>
            <span className="text-ink-3 text-xs">{at && <Ago at={at} />}</span>
          </span>,
        ])}
      />
    </Card>
  );
}

function Belongs({ contact }: { contact: ContactDetail }) {
  const segments = contact.segments ?? [];
  if (segments.length + contact.tags.length === 0) return null;
  return (
    <Card title="Segments and tags">
      <div className="flex flex-wrap gap-1.5">
        {segments.map(({ id, name }) => (
          <Link key={id} href={`/segments?id=${id}`} className="rounded-full">
            <Badge tone="accent">{name}</Badge>
          </Link>
        ))}
        {contact.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </div>
    </Card>
  );
}
