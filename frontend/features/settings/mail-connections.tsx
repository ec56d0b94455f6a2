'use client';

import { Mail, Pencil, Plus, Stethoscope, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Confirm } from '@/components/ui/confirm';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import type { Connection } from '@/lib/api/types';
import { EditConnection } from './edit-connection';
import { NewConnection } from './new-connection';
import { useCheckConnection, useConnections, useDeleteConnection, useMakeDefault } from './queries';

/** By what way mails leave: the built-in outbox at first, a mail server when you mean it. */
export function MailConnections() {
  const connections = useConnections();
  const [making, setMaking] = useState(false);
  const add = (
    <Button onClick={() => setMaking(true)}>
      <Plus /> Connect
    </Button>
  );
  return (
    <Card flush title="Mail" description="Journeys send by the default, unless a step names another." actions={add}>
      <Loaded
        query={connections}
        empty={
          <EmptyState icon={Mail} title="No way to send yet">
            Connect a mail server, or the built-in outbox, which keeps every mail here to be read.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((connection) => (
              <ConnectionLine key={connection.id} connection={connection} />
            ))}
          </ul>
        )}
      </Loaded>
      {making && <NewConnection onClose={() => setMaking(false)} />}
    </Card>
  );
}

/** What a connection is limited to, in words; nothing when it is not. */
function limitsOf({ per_second, at_once }: Record<string, unknown>): string {
  const mails = typeof per_second === 'number' ? `up to ${per_second} mails/s` : '';
  const requests = typeof at_once === 'number' ? `${at_once} ${at_once === 1 ? 'request' : 'requests'} at once` : '';
  return [mails, requests].filter(Boolean).join(', ');
}

/** One way to send: what it is limited to, whether it answers, and whether it is the one that journeys use. */
function ConnectionLine({ connection }: { connection: Connection }) {
  const { id, name, kind, is_default } = connection;
  const limits = limitsOf(connection.config);
  const check = useCheckConnection(id);
  const makeDefault = useMakeDefault();
  const remove = useDeleteConnection();
  const [asking, setAsking] = useState(false);
  const [editing, setEditing] = useState(false);
  const health = check.data;
  return (
    <li className="rule-b flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
      <span className="min-w-0">
        <span className="flex items-center gap-2 font-medium">
          {name} {is_default && <Badge tone="accent">Default</Badge>}
        </span>
        <span className="flex flex-wrap gap-x-2 text-ink-3 text-xs">
          <code className="font-mono">{kind}</code>
          {limits && <span>{limits}</span>}
        </span>
      </span>
      <span role="status" className="min-w-0 flex-1 basis-40 text-xs">
        {health &&
          (health.healthy ? <Badge tone="ok">It answers</Badge> : <span className="text-bad">{health.detail}</span>)}
      </span>
      <span className="flex flex-wrap items-center gap-1">
        {!is_default && (
          <Button size="sm" look="quiet" onClick={() => makeDefault.mutate(id)}>
            Make default
          </Button>
        )}
        <Button size="sm" aria-label={`Test ${name}`} busy={check.isPending} onClick={() => check.mutate()}>
          <Stethoscope /> Test
        </Button>
        <Button look="quiet" size="icon" aria-label={`Change ${name}`} onClick={() => setEditing(true)}>
          <Pencil />
        </Button>
        {!is_default && (
          <Button look="quiet" size="icon" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
            <Trash2 />
          </Button>
        )}
      </span>
      {editing && <EditConnection connection={connection} onClose={() => setEditing(false)} />}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Remove “${name}”?`}
        description="Its secrets are forgotten. Steps that name it wait until they name another."
        action="Remove"
        danger
        onConfirm={() => remove.mutateAsync(id)}
      />
    </li>
  );
}
