'use client';

import { UserMinus, UserPlus, Users, X } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Code } from '@/components/ui/code';
import { Confirm } from '@/components/ui/confirm';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Options } from '@/components/ui/options';
import type { Invitation, Person } from '@/lib/api/types';
import { useMe } from '@/lib/auth';
import { formatDay, humanize } from '@/lib/format';
import { useForm } from '@/lib/use-form';
import { useSearchState } from '@/lib/use-search-state';
import { useChangeRole, useInvitations, useInvite, usePeople, useRemovePerson, useWithdrawInvitation } from './queries';
import { ROLES } from './roles';

/** Who works in this workspace. */
export function People() {
  const people = usePeople();
  const invitations = useInvitations(useMe().role === 'owner');
  const [inviting, setInvite] = useSearchState('invite');
  const invite = (
    <Button onClick={() => setInvite('1')}>
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
            {items.map((person) => (
              <PersonLine key={person.id} person={person} />
            ))}
            {invitations.data?.map((invitation) => (
              <InvitationLine key={invitation.id} invitation={invitation} />
            ))}
          </ul>
        )}
      </Loaded>
      {inviting && <Invite onClose={() => setInvite('')} />}
    </Card>
  );
}

type Role = Person['role'];
const RANKS: Role[] = ['owner', 'developer', 'marketer', 'analyst'];
const isLower = (wanted: Role, role: Role) => RANKS.indexOf(wanted) > RANKS.indexOf(role);

/** One person, their role, and the way out; only an owner may change either. */
function PersonLine({ person: { id, name, email, role } }: { person: Person }) {
  const me = useMe();
  const change = useChangeRole();
  const remove = useRemovePerson();
  const [asking, setAsking] = useState(false);
  const [lower, setLower] = useState<Role | null>(null);
  const isMine = id === me.user.id;
  const choose = (wanted: Role) => (isLower(wanted, role) ? setLower(wanted) : change.mutate({ id, role: wanted }));
  return (
    <li className="rule-b flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
      <span className="min-w-0">
        <span className="block truncate font-medium">
          {name} {isMine && <Badge>You</Badge>}
        </span>
        <span className="block truncate text-ink-3 text-xs">{email}</span>
      </span>
      <span className="ml-auto flex items-center gap-1">
        {me.role === 'owner' ? (
          <>
            <Select
              aria-label={`Role of ${name}`}
              className="w-36"
              value={role}
              onChange={(event) => choose(event.target.value as Role)}
            >
              {ROLES.map(({ value }) => (
                <option key={value} value={value}>
                  {humanize(value)}
                </option>
              ))}
            </Select>
            <Button look="quiet" size="icon" aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
              <UserMinus />
            </Button>
          </>
        ) : (
          <Badge>{humanize(role)}</Badge>
        )}
      </span>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${name}?`}
        description="They are signed out and see nothing of this workspace any more. The API keys they made stop at once, and so do their invitations; their write keys, and all else they made, stay."
        action="Remove"
        danger
        onConfirm={() => remove.mutateAsync(id)}
      />
      {lower && (
        <Confirm
          open
          onOpenChange={() => setLower(null)}
          title={`Change ${name} to ${lower}?`}
          description="They may do less from now on. The API keys they made that may do more than their new role stop at once, for good."
          action="Change role"
          danger
          onConfirm={() => change.mutateAsync({ id, role: lower })}
        />
      )}
    </li>
  );
}

/** Somebody who was invited and has not come yet. */
function InvitationLine({ invitation: { id, email, role, expires_at } }: { invitation: Invitation }) {
  const withdraw = useWithdrawInvitation();
  return (
    <li className="rule-b flex items-center gap-3 px-4 py-2.5">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{email}</span>
        <span className="block truncate text-ink-3 text-xs">
          Invited as {role}; the link works until {formatDay(expires_at)}
        </span>
      </span>
      <Button
        look="quiet"
        size="icon"
        aria-label={`Withdraw the invitation of ${email}`}
        disabled={withdraw.isPending}
        onClick={() => withdraw.mutate(id)}
      >
        <X />
      </Button>
    </li>
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
    <FormDialog form={form} title="Invite a person" action="Make link" onClose={onClose}>
      <Field label="Email" error={form.faultOf('email')}>
        {(wiring) => <Input {...wiring} name="email" type="email" required />}
      </Field>
      <Field label="Role" error={form.faultOf('role')}>
        {(wiring) => (
          <Select {...wiring} name="role" defaultValue="marketer">
            <Options of={ROLES} />
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
