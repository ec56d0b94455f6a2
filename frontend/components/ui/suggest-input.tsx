'use client';

import { type ComponentProps, useId } from 'react';
import { Input } from './input';

interface Props extends Omit<ComponentProps<'input'>, 'list' | 'onChange' | 'value'> {
  value: string;
  onChange(value: string): void;
  /** What is known already; anything else may be typed too. */
  options: readonly string[];
}

/** Free text with suggestions, by the browser's own list: it works on a phone and with a screen reader. */
export function SuggestInput({ value, onChange, options, ...props }: Props) {
  const id = useId();
  return (
    <>
      <Input
        {...props}
        autoComplete="off"
        list={options.length ? id : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {options.length > 0 && (
        <datalist id={id}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
    </>
  );
}
