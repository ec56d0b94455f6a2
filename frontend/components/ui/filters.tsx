'use client';

import { cn } from '@/lib/cn';

interface Props {
  label: string;
  options: { value: string; label: string }[];
  value: string;
  onChange(value: string): void;
}

/** One choice out of few that narrows a list, always in sight. */
export function Filters({ label, options, value, onChange }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row in every browser.
    <div role="group" aria-label={label} className="flex max-w-full gap-1 overflow-x-auto">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={cn(
            'h-7 whitespace-nowrap rounded-full border border-transparent px-2.5 text-ink-2 text-xs outline-offset-[-2px] hover:bg-hover pointer-coarse:h-9 pointer-coarse:px-3.5',
            option.value === value && 'border-line-strong bg-surface font-medium text-ink shadow-node',
          )}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
