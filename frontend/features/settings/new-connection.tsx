'use client';

import { useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { DialogForm } from '@/components/ui/form-dialog';
import { Input, Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import type { Connector } from '@/lib/api/types';
import { fieldsOf, valuesOf } from '@/lib/schema-fields';
import { useForm } from '@/lib/use-form';
import { ConfigField } from './config-field';
import { useConnectors, useCreateConnection } from './queries';

/** Connects a vendor: the form is the vendor's own list of settings. */
export function NewConnection({ onClose }: { onClose(): void }) {
  const connectors = useConnectors();
  return (
    <Dialog open onOpenChange={onClose} title="Connect a way to send">
      <Loaded query={connectors} loading={<Skeleton className="h-48" />}>
        {(kinds) => <ConnectionForm connectors={kinds} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

function ConnectionForm({ connectors, onClose }: { connectors: Connector[]; onClose(): void }) {
  const [kind, setKind] = useState(
    connectors.find((connector) => connector.kind === 'smtp')?.kind ?? connectors[0]?.kind ?? '',
  );
  const connector = connectors.find((each) => each.kind === kind);
  const fields = connector ? fieldsOf(connector.config_schema) : [];
  const create = useCreateConnection();
  const form = useForm(async ({ 'connection-name': name = '', ...values }) => {
    await create.mutateAsync({ kind, name, config: valuesOf(fields, values) });
    onClose();
  });
  return (
    <DialogForm form={form} action="Connect" onClose={onClose}>
      <Field label="By" hint={connector?.description}>
        {(wiring) => (
          <Select {...wiring} value={kind} onChange={(event) => setKind(event.target.value)}>
            {connectors.map((each) => (
              <option key={each.kind} value={each.kind}>
                {each.title}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Name" error={form.faultOf('name')}>
        {(wiring) => <Input key={kind} {...wiring} name="connection-name" defaultValue={connector?.title} required />}
      </Field>
      {fields.map((field) => (
        <ConfigField key={`${kind} ${field.name}`} field={field} error={form.faultOf(field.name)} />
      ))}
    </DialogForm>
  );
}
