'use client';

import { Mail, Plus } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { NewConnection } from './new-connection';
import { useConnections, useMakeDefault } from './queries';

/** By what way mails leave: the built-in outbox at first, a mail server when you mean it. */
export function MailConnections() {
  const connections = useConnections();
  const makeDefault = useMakeDefault();
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
            {items.map(({ id, name, kind, is_default }) => (
              <li key={id} className="rule-b flex flex-wrap items-center gap-x-3 px-4 py-2.5">
                <span className="font-medium">{name}</span>
                <code className="font-mono text-ink-3 text-xs">{kind}</code>
                <span className="ml-auto">
                  {is_default ? (
                    <Badge tone="ok">Default</Badge>
                  ) : (
                    <Button size="sm" look="quiet" onClick={() => makeDefault.mutate(id)}>
                      Make default
                    </Button>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {making && <NewConnection onClose={() => setMaking(false)} />}
    </Card>
  );
}
