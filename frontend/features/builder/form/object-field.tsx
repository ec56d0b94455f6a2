'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Block } from './block';
import { type FieldProps, SchemaForm, type Values } from './schema-form';

/** Fields that belong together; those that may be left out are asked for first. */
export function ObjectField({ label, hint, error, path, schema, value, required, onChange }: FieldProps) {
  if (value === undefined && !required) {
    return (
      <div className="grid justify-items-start gap-1">
        <Button size="sm" onClick={() => onChange({})}>
          <Plus /> {label}
        </Button>
        {hint && <p className="text-ink-3 text-xs">{hint}</p>}
      </div>
    );
  }
  return (
    <Block label={label} hint={hint} error={error}>
      <div className="relative grid gap-3 rounded-lg border p-3">
        {!required && (
          <Button
            look="quiet"
            size="icon"
            aria-label={`Remove ${label}`}
            className="absolute top-1 right-1"
            onClick={() => onChange(undefined)}
          >
            <X />
          </Button>
        )}
        <SchemaForm schema={schema} path={path} values={(value ?? {}) as Values} onChange={onChange} />
      </div>
    </Block>
  );
}
