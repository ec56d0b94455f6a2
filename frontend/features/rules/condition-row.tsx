'use client';

import { Select } from '@/components/ui/input';
import { SuggestInput } from '@/components/ui/suggest-input';
import { type FieldHint, type Operator, operatorsFor, type ValueType, valueFor } from '@/lib/rules/fields';
import { OPERATOR_WORDS } from '@/lib/rules/words';
import { ValueInput } from './value-input';

export interface Condition {
  name: string;
  op: Operator;
  value: unknown;
}

interface Props {
  label: string;
  condition: Condition;
  /** The names there are, with their types and some values. */
  fields: FieldHint[];
  onChange(condition: Condition): void;
}

/** A named value, an operator that fits its type, and what it is compared with. */
export function ConditionRow({ label, condition: { name, op, value }, fields, onChange }: Props) {
  const field = fields.find((each) => each.name === name);
  const operators = operatorsFor(field?.type);
  const choose = (next: Operator, type: ValueType | undefined, nextName = name) =>
    onChange({ name: nextName, op: next, value: valueFor(next, value, type) });
  const rename = (next: string) => {
    const type = fields.find((each) => each.name === next)?.type;
    if (!type) onChange({ name: next, op, value });
    else choose(operatorsFor(type).includes(op) ? op : (operatorsFor(type)[0] ?? op), type, next);
  };
  return (
    <div className="grid min-w-0 flex-1 gap-1.5 @md:grid-cols-[minmax(0,1fr)_minmax(0,0.8fr)_minmax(0,1fr)]">
      <SuggestInput
        aria-label={label}
        placeholder={label}
        value={name}
        options={fields.map((each) => each.name)}
        onChange={rename}
      />
      <Select
        aria-label="Comparison"
        value={op}
        onChange={(event) => choose(event.target.value as Operator, field?.type)}
      >
        {(operators.includes(op) ? operators : [op, ...operators]).map((each) => (
          <option key={each} value={each}>
            {OPERATOR_WORDS[each]}
          </option>
        ))}
      </Select>
      <ValueInput
        op={op}
        type={field?.type}
        value={value}
        known={field?.values}
        onChange={(next) => onChange({ name, op, value: next })}
      />
    </div>
  );
}
