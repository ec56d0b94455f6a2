'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Confirm } from '@/components/ui/confirm';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Ago } from '@/components/ui/time';
import type { ApiKey } from '@/lib/api/types';
import { humanize } from '@/lib/format';
import { NewKey } from './new-key';
import { useKeys, useRevokeKey } from './queries';

/** What servers and websites sign in with. */
export function Keys() {
  const keys = useKeys();
  const [making, setMaking] = useState(false);
  const add = (
    <Button onClick={() => setMaking(true)}>
      <Plus /> New key
    </Button>
  );
  return (
    <Card flush title="Keys" description="A write key sends events; an API key does what its role may." actions={add}>
      <Loaded
        query={keys}
        empty={
          <EmptyState icon={KeyRound} title="No keys yet">
            Your website needs a write key to send events, and your servers an API key to do the rest.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((key) => (
              <KeyLine key={key.id} apiKey={key} />
            ))}
          </ul>
        )}
      </Loaded>
      {making && <NewKey onClose={() => setMaking(false)} />}
    </Card>
  );
}

function KeyLine({ apiKey: { id, name, kind, role, prefix, last_used_at, revoked_at } }: { apiKey: ApiKey }) {
  const [asking, setAsking] = useState(false);
  const revoke = useRevokeKey();
  return (
    <li className="rule-b flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
      <span className="font-medium">{name}</span>
      <Badge tone={kind === 'write' ? 'info' : 'neutral'}>
        {kind === 'write' ? 'Write key' : humanize(role ?? 'api')}
      </Badge>
      <code className="font-mono text-ink-3 text-xs">{prefix}…</code>
      <span className="ml-auto flex items-center gap-2 text-ink-3 text-xs">
        {last_used_at ? (
          <span>
            used <Ago at={last_used_at} />
          </span>
        ) : (
          'never used'
        )}
        {revoked_at ? (
          <Badge>Revoked</Badge>
        ) : (
          <Button size="sm" look="quiet" onClick={() => setAsking(true)} aria-label={`Revoke ${name}`}>
            Revoke
          </Button>
        )}
      </span>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Revoke “${name}”?`}
        description="Whatever uses this key stops working within half a minute. This cannot be undone."
        action="Revoke"
        danger
        onConfirm={() => revoke.mutateAsync(id)}
      />
    </li>
  );
}
