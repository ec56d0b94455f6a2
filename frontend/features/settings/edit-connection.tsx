'use client';

import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { DialogForm } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import type { Connection, Connector } from '@/lib/api/types';
import { changesOf, fieldsOf, filledWith } from '@/lib/schema-fields';
import { useForm } from '@/lib/use-form';
import { ConfigField } from './config-field';
import { useConnectors, useUpdateConnection } from './queries';

/** Changes a connection's settings, its limits among them; a secret that is left empty stays as it is. */
export function EditConnection({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const connectors = useConnectors();
  return (
    <Dialog open onOpenChange={onClose} title={`Settings of “${connection.name}”`}>
      <Loaded query={connectors} loading={<Skeleton className="h-48" />}>
        {(kinds) => {
          const connector = kinds.find(({ kind }) => kind === connection.kind);
          return connector && <SettingsForm connection={connection} connector={connector} onClose={onClose} />;
        }}
      </Loaded>
    </Dialog>
  );
}

interface Props {
  connection: Connection;
  connector: Connector;
  onClose(): void;
}

function SettingsForm({ connection, connector, onClose }: Props) {
  const fields = filledWith(fieldsOf(connector.config_schema), connection.config);
  const update = useUpdateConnection(connection.id);
  const form = useForm(async ({ 'connection-name': name = '', ...values }) => {
    await update.mutateAsync({ name, config: changesOf(fields, values) });
    onClose();
  });
  return (
    <DialogForm form={form} action="Save" onClose={onClose}>
      <Field label="Name" error={form.faultOf('name')}>
        {(wiring) => <Input {...wiring} name="connection-name" defaultValue={connection.name} required />}
      </Field>
      {fields.map((field) => (
        <ConfigField key={field.name} field={field} error={form.faultOf(field.name)} />
      ))}
    </DialogForm>
  );
}
