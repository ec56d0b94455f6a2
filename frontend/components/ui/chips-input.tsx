'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';

interface Props {
  'aria-label': string;
  id?: string;
  values: string[];
  onChange(values: string[]): void;
  options?: readonly string[];
  placeholder?: string;
  inputMode?: 'text' | 'decimal';
}

/** A short list of words: Enter or a comma adds one, Backspace takes the last away. */
export function ChipsInput({ values, onChange, options = [], placeholder = 'Add', ...props }: Props) {
  const [text, setText] = useState('');
  const listId = useId();
  const add = (typed: string) => {
    const fresh = typed.split(',').map((part) => part.trim());
    onChange([...new Set([...values, ...fresh.filter(Boolean)])]);
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.key === 'Enter' || event.key === ',') && text.trim()) {
      event.preventDefault();
      add(text);
    } else if (event.key === 'Backspace' && !text) onChange(values.slice(0, -1));
  };
  return (
    <div className="flex min-h-8 w-full flex-wrap items-center gap-1 rounded-md border border-line-strong bg-surface px-1 py-1 focus-within:border-accent focus-within:outline-1 focus-within:outline-accent hover:border-ink-3">
      {values.map((value) => (
        <span key={value} className="inline-flex h-6 items-center gap-1 rounded bg-hover pr-0.5 pl-2 text-xs">
          {value}
          <button
            type="button"
            aria-label={`Remove ${value}`}
            onClick={() => onChange(values.filter((other) => other !== value))}
            className="grid size-5 place-items-center rounded text-ink-3 hover:bg-line hover:text-ink pointer-coarse:size-8"
          >
            <X className="size-3" />
          </button>
        </span>
      ))}
      <input
        {...props}
        list={options.length ? listId : undefined}
        value={text}
        placeholder={values.length ? '' : placeholder}
        onChange={(event) =>
          options.includes(event.target.value) ? add(event.target.value) : setText(event.target.value)
        }
        onKeyDown={onKeyDown}
        onBlur={() => text.trim() && add(text)}
        className="h-6 min-w-16 flex-1 bg-transparent px-1 text-sm outline-none placeholder:text-ink-3 pointer-coarse:h-9 pointer-coarse:text-lg"
      />
      <datalist id={listId}>
        {options
          .filter((option) => !values.includes(option))
          .map((option) => (
            <option key={option} value={option} />
          ))}
      </datalist>
    </div>
  );
}
