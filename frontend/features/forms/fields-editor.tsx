'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { Switch } from '@/components/ui/switch';
import type { FormField } from '@/lib/api/types';

const EMAIL = 'email';

/** The inputs of a form. The one for the address is always there. */
export function FieldsEditor({ fields, onChange }: { fields: FormField[]; onChange(fields: FormField[]): void }) {
  return (
    <div className="grid gap-2">
      <Rows items={fields}>
        {(field, index) => (
          <FieldRow
            field={field}
            onChange={(part) => onChange(replaced(fields, index, { ...field, ...part }))}
            onRemove={() => onChange(removed(fields, index))}
          />
        )}
      </Rows>
      <Button
        size="sm"
        className="justify-self-start"
        onClick={() => onChange([...fields, { name: '', label: '', required: false }])}
      >
        <Plus /> Add a field
      </Button>
    </div>
  );
}

interface RowProps {
  field: FormField;
  onChange(part: Partial<FormField>): void;
  onRemove(): void;
}

function FieldRow({ field: { name, label, required = false }, onChange, onRemove }: RowProps) {
  const isEmail = name === EMAIL;
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-lg border p-2">
      <Input
        aria-label="Name of the field"
        placeholder="name, such as first_name"
        className="min-w-32 flex-1 font-mono text-xs"
        disabled={isEmail}
        value={name}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <Input
        aria-label="What people read"
        placeholder="What people read"
        className="min-w-32 flex-1"
        value={label ?? ''}
        onChange={({ target }) => onChange({ label: target.value || null })}
      />
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is a labelable button. */}
      <label className="flex items-center gap-2 text-ink-2 text-xs">
        Required <Switch checked={required} onChange={(next) => onChange({ required: next })} />
      </label>
      <Button look="quiet" size="icon" aria-label={`Remove the field ${name}`} disabled={isEmail} onClick={onRemove}>
        <X />
      </Button>
    </div>
  );
}
