'use client';

import { Select } from '@/components/ui/input';

interface PickProps {
  label: string;
  value: unknown;
  options: [value: string, label: string][];
  /** What stands there while nothing is chosen. */
  none: string;
  onChange(value: string): void;
}

/** One of a list; a value that the list does not know, such as something deleted, stays in sight. */
export function Pick({ label, value, options, none, onChange }: PickProps) {
  const chosen = typeof value === 'string' ? value : '';
  const isKnown = chosen === '' || options.some(([each]) => each === chosen);
  return (
    <Select aria-label={label} value={chosen} onChange={(event) => onChange(event.target.value)}>
      <option value="">{none}</option>
      {!isKnown && <option value={chosen}>{chosen}</option>}
      {options.map(([each, name]) => (
        <option key={each} value={each}>
          {name}
        </option>
      ))}
    </Select>
  );
}
