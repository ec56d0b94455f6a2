'use client';

import { RadioGroup as Radix } from 'radix-ui';

export interface Choice {
  value: string;
  label: string;
  about: string;
}

/** One of a few, each with what it means. */
export function Choices({
  label,
  choices,
  value,
  onChange,
}: {
  label: string;
  choices: Choice[];
  value: string;
  onChange(value: string): void;
}) {
  return (
    <Radix.Root aria-label={label} value={value} onValueChange={onChange} className="grid gap-2">
      {choices.map((choice) => (
        <Radix.Item
          key={choice.value}
          value={choice.value}
          className="group flex items-start gap-3 rounded-lg border p-3 text-left transition-colors hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span
            aria-hidden
            className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-line-strong bg-surface group-data-[state=checked]:border-accent"
          >
            <Radix.Indicator className="size-2 rounded-full bg-accent" />
          </span>
          <span>
            <span className="block font-medium">{choice.label}</span>
            <span className="block text-ink-2 text-xs">{choice.about}</span>
          </span>
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
