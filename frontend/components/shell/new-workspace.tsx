'use client';

import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, Select } from '@/components/ui/input';
import { useMe } from '@/lib/auth';
import { TIME_ZONES } from '@/lib/time-zones';
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
      <Field label="Time zone" hint="For contacts whose own is not known." error={form.faultOf('time_zone')}>
        {(wiring) => (
          <Select {...wiring} name="time_zone" defaultValue={workspace.time_zone}>
            {TIME_ZONES.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
