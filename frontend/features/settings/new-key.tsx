'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Code } from '@/components/ui/code';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, Select } from '@/components/ui/input';
import { Options } from '@/components/ui/options';
import { useForm } from '@/lib/use-form';
import { useCreateKey } from './queries';
import { ROLES } from './roles';

/** Makes a key and shows it, this once. */
export function NewKey({ onClose }: { onClose(): void }) {
  const create = useCreateKey();
  const [kind, setKind] = useState('write');
  const form = useForm(({ name = '', role }) =>
    create.mutateAsync({ name, kind, role: kind === 'api' ? (role ?? null) : null }),
  );
  if (create.data) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title="Your new key"
        description="Copy it now: it is kept only as a hash, and cannot be shown again."
      >
        <Code label="Key" text={create.data.key} />
        <DialogActions>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <FormDialog form={form} title="New key" action="Create key" onClose={onClose}>
      <Field label="Name" hint="Where it will be used." error={form.faultOf('name')}>
        {(wiring) => <Input {...wiring} name="name" required />}
      </Field>
      <Field label="Kind">
        {(wiring) => (
          <Select {...wiring} value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="write">Write key: sends events</option>
            <option value="api">API key: for your servers</option>
          </Select>
        )}
      </Field>
      {kind === 'api' && (
        <Field label="Role" error={form.faultOf('role')}>
          {(wiring) => (
            <Select {...wiring} name="role" defaultValue="developer">
              <Options of={ROLES} />
            </Select>
          )}
        </Field>
      )}
    </FormDialog>
  );
}
