'use client';

import { TimeZoneField } from '@/components/time-zone-field';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import type { WorkspaceDetail } from '@/lib/api/types';
import { useAuth } from '@/lib/auth';
import { toast } from '@/lib/toast';
import { useForm } from '@/lib/use-form';
import { useSaveWorkspace, useWorkspace } from './queries';

const MAIL_FIELDS = [
  { name: 'from_name', label: 'From name', type: 'text', hint: undefined },
  { name: 'from_address', label: 'From address', type: 'email', hint: undefined },
  { name: 'reply_to', label: 'Replies to', type: 'email', hint: 'Empty: to the from address.' },
  {
    name: 'postal_address',
    label: 'Postal address',
    type: 'text',
    hint: 'The law wants it in the footer of marketing mails.',
  },
] as const;

/** Who we are, and whom our mails come from. */
export function WorkspaceForm() {
  const workspace = useWorkspace();
  return (
    <Loaded query={workspace} loading={<Skeleton className="h-80" />}>
      {(loaded) => <Form workspace={loaded} />}
    </Loaded>
  );
}

function Form({ workspace }: { workspace: WorkspaceDetail }) {
  const save = useSaveWorkspace();
  const { refresh } = useAuth();
  const form = useForm(async ({ name = '', time_zone = '', ...settings }) => {
    const given = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value || null]));
    await save.mutateAsync({ name, time_zone, settings: given });
    await refresh();
    toast.success('Saved');
  });
  return (
    <Card>
      <form onSubmit={form.onSubmit} className="grid gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" error={form.faultOf('name')}>
            {(wiring) => <Input {...wiring} name="name" defaultValue={workspace.name} required />}
          </Field>
          <TimeZoneField initial={workspace.time_zone} error={form.faultOf('time_zone')} />
          {MAIL_FIELDS.map(({ name, label, type, hint }) => (
            <Field key={name} label={label} hint={hint} error={form.faultOf(name)}>
              {(wiring) => <Input {...wiring} name={name} type={type} defaultValue={workspace.settings[name] ?? ''} />}
            </Field>
          ))}
        </div>
        {form.error && <Notice tone="bad">{form.error}</Notice>}
        <Button type="submit" look="primary" busy={form.busy} className="justify-self-start">
          Save
        </Button>
      </form>
    </Card>
  );
}
