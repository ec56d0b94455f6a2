'use client';

import { Check, Minus } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import { cn } from '@/lib/cn';

interface Props {
  label: string;
  checked: boolean | 'indeterminate';
  onChange(): void;
  className?: string;
  tabIndex?: number;
}

/** A box to tick; the label is said, not shown. */
export function Checkbox({ label, checked, onChange, className, tabIndex }: Props) {
  return (
    <Radix.Root
      aria-label={label}
      checked={checked}
      tabIndex={tabIndex}
      onCheckedChange={onChange}
      className={cn(
        'relative grid size-4 place-items-center rounded border border-line-strong bg-surface after:absolute after:-inset-3 hover:border-ink-3 data-[state=checked]:border-accent data-[state=indeterminate]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:bg-accent',
        className,
      )}
    >
      <Radix.Indicator className="text-on-accent">
        {checked === 'indeterminate' ? (
          <Minus className="size-3" strokeWidth={3} />
        ) : (
          <Check className="size-3" strokeWidth={3} />
        )}
      </Radix.Indicator>
    </Radix.Root>
  );
}
