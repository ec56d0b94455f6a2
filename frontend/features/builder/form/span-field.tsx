'use client';

import { Input } from '@/components/ui/input';
import { Block } from './block';
import type { FieldProps, Values } from './schema-form';

const UNITS = ['days', 'hours', 'minutes', 'seconds'] as const;

/** A length of time in days, hours and minutes. */
export function SpanInput({ label, value, onChange }: { label: string; value: Values; onChange(value: Values): void }) {
  const put = (unit: string, count: number) => {
    const given = UNITS.map((each): [string, number] => [each, each === unit ? count : Number(value[each] ?? 0)]);
    onChange(Object.fromEntries(given.filter(([, n]) => n > 0)));
  };
  return (
    <div className="grid grid-cols-4 gap-1.5">
      {UNITS.map((unit) => (
        <div key={unit} className="grid gap-1 text-2xs text-ink-3">
          <Input
            type="number"
            min={0}
            aria-label={`${label}, ${unit}`}
            className="num px-2"
            placeholder="0"
            value={value[unit] ? String(value[unit]) : ''}
            onChange={(event) => put(unit, Math.max(0, Math.round(event.target.valueAsNumber) || 0))}
          />
          <span aria-hidden>{unit}</span>
        </div>
      ))}
    </div>
  );
}

export function SpanField({ label, hint, error, value, onChange }: FieldProps) {
  return (
    <Block label={label} hint={hint} error={error}>
      <SpanInput label={label} value={(value ?? {}) as Values} onChange={onChange} />
    </Block>
  );
}

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** `P3DT2H` is three days and two hours. */
function spanOf(value: unknown): Values {
  const parts = ISO.exec(String(value ?? ''))?.slice(1) ?? [];
  return Object.fromEntries(UNITS.flatMap((unit, index) => (parts[index] ? [[unit, Number(parts[index])]] : [])));
}

function isoOf({ days, hours, minutes, seconds }: Values): string | undefined {
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return days || time ? `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}` : undefined;
}

/** The same as a text, as Python's `timedelta` has it. */
export function DurationField({ label, hint, error, schema, value, onChange }: FieldProps) {
  return (
    <Block label={label} hint={hint} error={error}>
      <SpanInput label={label} value={spanOf(value ?? schema.default)} onChange={(span) => onChange(isoOf(span))} />
    </Block>
  );
}
