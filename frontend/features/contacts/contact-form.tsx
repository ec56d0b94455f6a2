'use client';

import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, Select } from '@/components/ui/input';
import type { Contact } from '@/lib/api/types';
import { TIME_ZONES } from '@/lib/time-zones';
import { useForm } from '@/lib/use-form';
import { useSaveContact } from './queries';

const FIELDS = [
  { name: 'first_name', label: 'First name' },
  { name: 'last_name', label: 'Last name' },
  { name: 'phone', label: 'Phone' },
  { name: 'language', label: 'Language', hint: 'Such as de or pt-BR.' },
  { name: 'city', label: 'City' },
  { name: 'country', label: 'Country', hint: 'Such as DE.' },
] as const;

interface Props {
  /** Whom to change; without one, somebody new. */
  contact?: Contact;
  onSaved(contact: Contact): void;
  onClose(): void;
}

/** What is known of a person, written by hand. */
export function ContactForm({ contact, onSaved, onClose }: Props) {
  const save = useSaveContact(contact?.id);
  const own = contact?.time_zone;
  const zones = own && !TIME_ZONES.includes(own) ? [own, ...TIME_ZONES] : TIME_ZONES;
  const form = useForm(async (values) => {
    const said = Object.entries(values).map(([name, value]): [string, string | null] => [name, value.trim() || null]);
    // What is left empty clears a field of somebody whom we see here, and says nothing of somebody new.
    const meant = contact ? said : said.filter(([, value]) => value !== null);
    onSaved(await save.mutateAsync(Object.fromEntries(meant)));
  });
  return (
    <FormDialog
      form={form}
      title={contact ? 'Edit the profile' : 'New contact'}
      description={contact ? undefined : 'Whoever is known by this address already is updated.'}
      action={contact ? 'Save' : 'Add contact'}
      onClose={onClose}
    >
      <Field label="Email" error={form.faultOf('email')}>
        {(wiring) => (
          <Input {...wiring} name="email" type="email" required={!contact} defaultValue={contact?.email ?? ''} />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {FIELDS.map(({ name, label, ...rest }) => (
          <Field key={name} label={label} error={form.faultOf(name)} {...rest}>
            {(wiring) => <Input {...wiring} name={name} autoComplete="off" defaultValue={contact?.[name] ?? ''} />}
          </Field>
        ))}
      </div>
      <Field label="Time zone" hint="Without one, the workspace’s." error={form.faultOf('time_zone')}>
        {(wiring) => (
          <Select {...wiring} name="time_zone" defaultValue={own ?? ''}>
            <option value="">Not known</option>
            {zones.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
