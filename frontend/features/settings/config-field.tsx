import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import type { SchemaField } from '@/lib/schema-fields';

/** One of a connection's settings. */
export function ConfigField({
  field: { name, label, hint, kind, options, initial, required },
  error,
}: {
  field: SchemaField;
  error?: string;
}) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(wiring) => {
        if (kind === 'boolean') {
          return (
            <input
              {...wiring}
              type="checkbox"
              name={name}
              defaultChecked={initial === 'true'}
              className="size-4 justify-self-start accent-accent"
            />
          );
        }
        if (kind === 'choice') {
          return (
            <Select {...wiring} name={name} defaultValue={initial}>
              {options.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </Select>
          );
        }
        return (
          <Input
            {...wiring}
            type={kind}
            step={kind === 'number' ? 'any' : undefined}
            name={name}
            defaultValue={initial}
            required={required}
            autoComplete={kind === 'password' ? 'new-password' : 'off'}
          />
        );
      }}
    </Field>
  );
}
