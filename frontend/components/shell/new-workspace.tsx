'use client';

import { TimeZoneField } from '@/components/time-zone-field';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { useMe } from '@/lib/auth';
import { useForm } from '@/lib/use-form';
import { useCreateWorkspace } from './workspaces';

export function NewWorkspace({ onClose }: { onClose(): void }) {
  const create = useCreateWorkspace();
  const { workspace } = useMe();
  const form = useForm(async ({ name = '', time_zone = 'UTC' }) => {
    await create.mutateAsync({ name, time_zone });
    onClose();
  });
  return (
    <FormDialog
      form={form}
      title="New workspace"
      description="Its contacts, journeys and keys are its own. You will be its owner."
      action="Create workspace"
      onClose={onClose}
    >
      <Field label="Name" error={form.faultOf('name')}>
        {(wiring) => <Input {...wiring} name="name" required autoComplete="off" />}
      </Field>
      <TimeZoneField initial={workspace.time_zone} error={form.faultOf('time_zone')} />
    </FormDialog>
  );
}
