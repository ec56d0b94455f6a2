'use client';

import { Input, Select } from '@/components/ui/input';
import { readSpan, SPAN_UNITS, writeSpan } from '@/lib/rules/spans';

/** A span such as "30 days", as rules write it: `30d`. */
export function SpanInput({ label, value, onChange }: { label: string; value: unknown; onChange(span: string): void }) {
  const span = readSpan(value);
  return (
    <div className="flex gap-1">
      <Input
        type="number"
        min={1}
        aria-label={`${label}, number`}
        className="w-18"
        value={span.count}
        onChange={(event) => onChange(writeSpan({ ...span, count: event.target.valueAsNumber }))}
      />
      <Select
        aria-label={`${label}, unit`}
        className="flex-1"
        value={span.unit}
        onChange={(event) => onChange(writeSpan({ ...span, unit: event.target.value }))}
      >
        {SPAN_UNITS.map(([unit, name]) => (
          <option key={unit} value={unit}>
            {name}
          </option>
        ))}
        {span.unit === 's' && <option value="s">seconds</option>}
      </Select>
    </div>
  );
}
