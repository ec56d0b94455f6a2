'use client';

import { Switch as Radix } from 'radix-ui';

interface Props {
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  checked: boolean;
  onChange(checked: boolean): void;
}

/** On or off. */
export function Switch({ onChange, ...props }: Props) {
  return (
    <Radix.Root
      {...props}
      onCheckedChange={onChange}
      className="relative h-5 w-9 rounded-full border border-line-strong bg-hover transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent pointer-coarse:h-7 pointer-coarse:w-12"
    >
      <Radix.Thumb className="block size-4 translate-x-px rounded-full bg-surface shadow-node transition-transform data-[state=checked]:translate-x-4.5 pointer-coarse:size-6 pointer-coarse:data-[state=checked]:translate-x-5.5" />
    </Radix.Root>
  );
}
