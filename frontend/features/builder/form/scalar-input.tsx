'use client';

import { Input, Select } from '@/components/ui/input';
import { LiquidInput } from './liquid-input';

export type Scalar = string | number | boolean | null;

const KINDS: Record<string, string> = { string: 'Text', number: 'Number', boolean: 'Yes or no', null: 'Nothing' };

const kindOf = (value: Scalar): string => (value === null ? 'null' : typeof value);

const BLANK: Record<string, Scalar> = { string: '', number: 0, boolean: true, null: null };

/** One value and what kind it is; a text may hold merge tags. */
export function ScalarInput({
  value,
  types,
  none = 'Nothing',
  onChange,
}: {
  value: Scalar;
  types: string[];
  /** What no value at all is called. */
  none?: string;
  onChange(value: Scalar): void;
}) {
  const kind = kindOf(value);
  const offered = Object.keys(KINDS).filter((each) => types.includes(each));
  return (
    <div className="flex gap-1.5">
      {offered.length > 1 && (
        <Select
          aria-label="Kind of value"
          className="w-28 shrink-0"
          value={kind}
          onChange={({ target }) => onChange(BLANK[target.value] ?? null)}
        >
          {offered.map((each) => (
            <option key={each} value={each}>
              {each === 'null' ? none : KINDS[each]}
            </option>
          ))}
        </Select>
      )}
      <div className="min-w-0 flex-1">
        {typeof value === 'number' && (
          <Input
            type="number"
            step="any"
            aria-label="Value"
            value={value}
            onChange={(event) => onChange(event.target.valueAsNumber || 0)}
          />
        )}
        {typeof value === 'boolean' && (
          <Select
            aria-label="Value"
            value={String(value)}
            onChange={(event) => onChange(event.target.value === 'true')}
          >
            <option value="true">Yes</option>
            <option value="false">No</option>
          </Select>
        )}
        {typeof value === 'string' && (
          <LiquidInput aria-label="Value" placeholder="Value" value={value} onChange={onChange} />
        )}
      </div>
    </div>
  );
}
