'use client';

import { ChipsInput } from '@/components/ui/chips-input';
import { Input, Select } from '@/components/ui/input';
import { SuggestInput } from '@/components/ui/suggest-input';
import { type Operator, operandOf, readValue, typeFor, type ValueType } from '@/lib/rules/fields';
import { SpanInput } from './span-input';

interface Props {
  op: Operator;
  type: ValueType | undefined;
  value: unknown;
  onChange(value: unknown): void;
  /** Values that the data has. */
  known?: unknown[];
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
const isDay = (value: unknown) => /^(\d{4}-\d\d-\d\d)?$/.test(textOf(value));

/** What an attribute or a property is compared with: the input that its operator and its type ask for. */
export function ValueInput({ op, type, value, onChange, known = [] }: Props) {
  const wanted = typeFor(op, type);
  const options = known.map(textOf).filter(Boolean);
  switch (operandOf(op)) {
    case 'none':
      return (
        <Select
          aria-label="Known or not"
          value={String(value !== false)}
          onChange={(event) => onChange(event.target.value === 'true')}
        >
          <option value="true">Yes</option>
          <option value="false">No</option>
        </Select>
      );
    case 'many':
      return (
        <ChipsInput
          aria-label="Values"
          values={Array.isArray(value) ? value.map(textOf) : []}
          options={options}
          onChange={(values) => onChange(values.map((each) => readValue(each, wanted)))}
        />
      );
    case 'span':
      return <SpanInput label="Span" value={value} onChange={onChange} />;
    case 'range':
      return <RangeInput value={value} type={wanted} onChange={onChange} />;
    case 'time':
      return <OneValue label="Date" value={value} type="time" onChange={onChange} options={[]} />;
    default:
      return <OneValue label="Value" value={value} type={wanted} onChange={onChange} options={options} />;
  }
}

interface OneProps {
  label: string;
  value: unknown;
  type: ValueType;
  options: string[];
  onChange(value: unknown): void;
}

function OneValue({ label, value, type, options, onChange }: OneProps) {
  if (type === 'boolean' && (typeof value === 'boolean' || value === undefined)) {
    return (
      <Select aria-label={label} value={String(value)} onChange={(event) => onChange(event.target.value === 'true')}>
        <option value="true">Yes</option>
        <option value="false">No</option>
      </Select>
    );
  }
  if (type === 'time' && isDay(value)) {
    return (
      <Input type="date" aria-label={label} value={textOf(value)} onChange={(event) => onChange(event.target.value)} />
    );
  }
  return (
    <SuggestInput
      aria-label={label}
      placeholder={label}
      inputMode={type === 'number' ? 'decimal' : 'text'}
      value={textOf(value)}
      options={options}
      onChange={(text) => onChange(readValue(text, type))}
    />
  );
}

function RangeInput({ value, type, onChange }: Pick<OneProps, 'value' | 'type' | 'onChange'>) {
  const [from, to] = Array.isArray(value) ? value : [];
  return (
    <div className="flex items-center gap-2">
      <OneValue label="From" value={from} type={type} options={[]} onChange={(next) => onChange([next, to])} />
      <span className="text-ink-3 text-xs">and</span>
      <OneValue label="To" value={to} type={type} options={[]} onChange={(next) => onChange([from, next])} />
    </div>
  );
}
