'use client';

import { ToggleGroup } from 'radix-ui';

interface Props {
  label: string;
  value: string;
  options: [value: string, label: string][];
  onChange(value: string): void;
}

/** One of two or three, side by side. */
export function Segments({ label, value, options, onChange }: Props) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next && onChange(next)}
      className="flex rounded-md bg-hover p-0.5"
    >
      {options.map(([each, name]) => (
        <ToggleGroup.Item
          key={each}
          value={each}
          className="h-7 flex-1 rounded px-2 text-ink-2 text-xs data-[state=on]:bg-surface data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-node pointer-coarse:h-10"
        >
          {name}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
