'use client';

import { BellRing, Plus } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Options } from '@/components/ui/options';
import type { Topic } from '@/lib/api/types';
import { useForm } from '@/lib/use-form';
import { useCreateTopic, useTopics } from './queries';

const POLICIES = { opt_out: 'Until they say no', opt_in: 'After they said yes' };

/** What people may choose to hear about. */
export function Topics() {
  const topics = useTopics();
  const [making, setMaking] = useState(false);
  const add = (
    <Button onClick={() => setMaking(true)}>
      <Plus /> New topic
    </Button>
  );
  return (
    <Card flush title="Topics" description="What people may choose to hear about." actions={add}>
      <Loaded
        query={topics}
        empty={
          <EmptyState icon={BellRing} title="No topics yet">
            A topic is something a person can subscribe to, such as product news.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map(({ id, key, name, policy }) => (
              <li key={id} className="rule-b flex items-center gap-3 px-4 py-2.5">
                <span className="font-medium">{name}</span>
                <code className="font-mono text-ink-3 text-xs">{key}</code>
                <span className="ml-auto">
                  <Badge>{POLICIES[policy]}</Badge>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {making && <NewTopic onClose={() => setMaking(false)} />}
    </Card>
  );
}

const keyOf = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');

function NewTopic({ onClose }: { onClose(): void }) {
  const create = useCreateTopic();
  const form = useForm(async ({ name = '', policy }) => {
    await create.mutateAsync({ name, key: keyOf(name), policy: policy as Topic['policy'] });
    onClose();
  });
  return (
    <FormDialog form={form} title="New topic" action="Create topic" onClose={onClose}>
      <Field label="Name" error={form.faultOf('name') ?? form.faultOf('key')}>
        {(wiring) => <Input {...wiring} name="name" required />}
      </Field>
      <Field label="Mails are sent" error={form.faultOf('policy')}>
        {(wiring) => (
          <Select {...wiring} name="policy">
            <Options of={POLICIES} />
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
