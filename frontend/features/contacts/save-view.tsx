'use client';

import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import type { ContactSearch, ContactView } from '@/lib/api/types';
import { useForm } from '@/lib/use-form';
import { useSaveView } from './bulk-queries';

interface Props {
  search: ContactSearch;
  columns: string[];
  onSaved(view: ContactView): void;
  onClose(): void;
}

export function SaveView({ search, columns, onSaved, onClose }: Props) {
  const save = useSaveView();
  const form = useForm(async ({ name = '' }) => onSaved(await save.mutateAsync({ name, search, columns })));
  return (
    <FormDialog
      form={form}
      title="Save as a view"
      description="This search and these columns, for everybody in the workspace."
      action="Save view"
      onClose={onClose}
    >
      <Field label="Name" error={form.faultOf('name')}>
        {(wiring) => <Input {...wiring} name="name" required maxLength={200} autoComplete="off" />}
      </Field>
    </FormDialog>
  );
}
