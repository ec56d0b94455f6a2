'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { readWhere, type WhereRow, writeWhere } from '@/lib/rules/where';
import { ConditionRow } from './condition-row';
import { useEventProperties } from './queries';

interface Props {
  /** The event whose properties are meant. */
  event: string;
  where: unknown;
  onChange(where: Record<string, unknown>): void;
}

/** Conditions on an event's properties; all of them must hold. */
export function WhereEditor({ event, where, onChange }: Props) {
  const fields = useEventProperties(event);
  const [rows, setRows] = useState(() => readWhere(where));
  const [written, setWritten] = useState(where);
  // A change from outside, such as an undo: begin anew from what is there now.
  if (where !== written) {
    setWritten(where);
    setRows(readWhere(where));
  }
  const change = (next: WhereRow[]) => {
    const said = writeWhere(next.filter(({ property }) => property));
    setRows(next);
    setWritten(said);
    onChange(said);
  };
  return (
    <div className="@container grid gap-2">
      <Rows items={rows}>
        {({ property, op, value }, index) => (
          <div className="flex items-start gap-1">
            <ConditionRow
              label="Property"
              fields={fields}
              condition={{ name: property, op, value }}
              onChange={({ name, ...rest }) => change(replaced(rows, index, { property: name, ...rest }))}
            />
            <Button
              look="quiet"
              size="icon"
              aria-label={`Remove the condition on ${property || 'a property'}`}
              onClick={() => change(removed(rows, index))}
            >
              <X />
            </Button>
          </div>
        )}
      </Rows>
      <Button
        look="quiet"
        size="sm"
        className="justify-self-start"
        onClick={() => change([...rows, { property: '', op: 'eq', value: '' }])}
      >
        <Plus /> Condition on a property
      </Button>
    </div>
  );
}
