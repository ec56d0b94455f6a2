'use client';

import { ChevronsUpDown, Plus } from 'lucide-react';
import { useState } from 'react';
import { Logo } from '@/components/logo';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, Select } from '@/components/ui/input';
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuRule } from '@/components/ui/menu';
import { useMe } from '@/lib/auth';
import { TIME_ZONES } from '@/lib/time-zones';
import { useForm } from '@/lib/use-form';
import { useCreateWorkspace, useOpenWorkspace, useWorkspaces } from './workspaces';

/** Which workspace we are in, and the way to another. */
export function WorkspaceMenu() {
  const { workspace, role } = useMe();
  const workspaces = useWorkspaces();
  const open = useOpenWorkspace();
  const [making, setMaking] = useState(false);
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={`${workspace.name}: change workspace`}
            className="flex h-9 w-full min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-hover pointer-coarse:h-11"
          >
            <Logo className="size-6 shrink-0" />
            <span className="min-w-0 flex-1 truncate font-semibold">{workspace.name}</span>
            <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-ink-3" />
          </button>
        }
      >
        <MenuLabel>Workspaces</MenuLabel>
        <MenuChoices value={workspace.id} onValueChange={(id) => id !== workspace.id && open.mutate(id)}>
          {(workspaces.data ?? [workspace]).map(({ id, name }) => (
            <MenuChoice key={id} value={id}>
              {name}
            </MenuChoice>
          ))}
        </MenuChoices>
        {role === 'owner' && (
          <>
            <MenuRule />
            <MenuItem onSelect={() => setMaking(true)}>
              <Plus /> New workspace
            </MenuItem>
          </>
        )}
      </Menu>
      {making && <NewWorkspace onClose={() => setMaking(false)} />}
    </>
  );
}

function NewWorkspace({ onClose }: { onClose(): void }) {
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
