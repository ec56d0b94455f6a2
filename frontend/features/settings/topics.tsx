'use client';

import { BellRing, Plus } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
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
    <Dialog open onOpenChange={onClose} title="New topic">
      <form onSubmit={form.onSubmit} className="grid gap-4">
        <Field label="Name" error={form.faultOf('name') ?? form.faultOf('key')}>
          {(wiring) => <Input {...wiring} name="name" required />}
        </Field>
        <Field label="Mails are sent" error={form.faultOf('policy')}>
          {(wiring) => (
            <Select {...wiring} name="policy">
              {Object.entries(POLICIES).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {form.error && <Notice tone="bad">{form.error}</Notice>}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={form.busy}>
            Create topic
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
