'use client';

import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Code } from '@/components/ui/code';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
import { humanize } from '@/lib/format';
import { useForm } from '@/lib/use-form';
import { useInvite, usePeople } from './queries';
import { ROLES } from './roles';

/** Who works in this workspace. */
export function People() {
  const people = usePeople();
  const [inviting, setInviting] = useState(false);
  const invite = (
    <Button onClick={() => setInviting(true)}>
      <UserPlus /> Invite
    </Button>
  );
  return (
    <Card flush title="People" actions={invite}>
      <Loaded
        query={people}
        empty={
          <EmptyState icon={Users} title="Nobody yet">
            Invite the people you work with.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map(({ id, name, email, role }) => (
              <li key={id} className="rule-b flex flex-wrap items-center gap-x-3 px-4 py-2.5">
                <span className="font-medium">{name}</span>
                <span className="text-ink-3 text-sm">{email}</span>
                <span className="ml-auto">
                  <Badge>{humanize(role)}</Badge>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Card>
  );
}

/** Makes a link that the invited person opens; we hand it over ourselves. */
function Invite({ onClose }: { onClose(): void }) {
  const invite = useInvite();
  const form = useForm(({ email = '', role = '' }) => invite.mutateAsync({ email, role }));
  if (invite.data) {
    return (
      <Dialog open onOpenChange={onClose} title="Hand over this link" description="It works once, for seven days.">
        <Code label="Link" text={invite.data.link} />
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={onClose} title="Invite a person">
      <form onSubmit={form.onSubmit} className="grid gap-4">
        <Field label="Email" error={form.faultOf('email')}>
          {(wiring) => <Input {...wiring} name="email" type="email" required />}
        </Field>
        <Field label="Role" error={form.faultOf('role')}>
          {(wiring) => (
            <Select {...wiring} name="role" defaultValue="marketer">
              {ROLES.map(({ value, label }) => (
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
            Make link
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
