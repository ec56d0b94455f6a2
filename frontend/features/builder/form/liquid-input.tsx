'use client';

import { Braces } from 'lucide-react';
import { type KeyboardEvent, type SyntheticEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Input, Textarea } from '@/components/ui/input';
import { Menu, MenuItem } from '@/components/ui/menu';
import { cn } from '@/lib/cn';
import { complete, insertTag, matching, openTag, type Typed } from '@/lib/liquid/completion';
import { useMergeTags } from './use-merge-tags';

interface Props {
  id?: string;
  'aria-label'?: string;
  'aria-invalid'?: true;
  'aria-describedby'?: string;
  value: string;
  onChange(value: string): void;
  /** Several lines. */
  long?: boolean;
  /** Source text, such as HTML. */
  code?: boolean;
  placeholder?: string;
}

type Control = HTMLInputElement | HTMLTextAreaElement;

/** Text with Liquid: merge tags are completed while they are typed, or picked from a list. */
export function LiquidInput({ value, onChange, long, code, ...props }: Props) {
  const control = useRef<Control>(null);
  const listId = useId();
  const tags = useMergeTags();
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  const wanted = useRef<number | null>(null);
  const tag = caret === null ? null : openTag(value, caret);
  const found = tag ? matching(tags, tag.query) : [];

  useLayoutEffect(() => {
    if (wanted.current === null || !control.current) return;
    control.current.focus();
    control.current.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  });

  const put = ({ text, caret: next }: Typed) => {
    wanted.current = next;
    setCaret(null);
    onChange(text);
  };
  const take = (name: string | undefined) => tag && caret !== null && name && put(complete(value, caret, tag, name));
  const onKeyDown = (event: KeyboardEvent) => {
    if (found.length === 0) return;
    if (event.key === 'ArrowDown') setChosen((chosen + 1) % found.length);
    else if (event.key === 'ArrowUp') setChosen((chosen + found.length - 1) % found.length);
    else if (event.key === 'Enter' || event.key === 'Tab') take(found[chosen]);
    else if (event.key === 'Escape') setCaret(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const look = ({ currentTarget }: SyntheticEvent<Control>) => setCaret(currentTarget.selectionStart);

  const shared = {
    ...props,
    value,
    role: 'combobox',
    'aria-expanded': found.length > 0,
    'aria-controls': found.length > 0 ? listId : undefined,
    'aria-autocomplete': 'list' as const,
    'aria-activedescendant': found.length > 0 ? `${listId}-${chosen}` : undefined,
    autoComplete: 'off',
    onKeyDown,
    onKeyUp: (event: KeyboardEvent<Control>) => event.key.startsWith('Arrow') || look(event),
    onClick: look,
    onBlur: () => setCaret(null),
    onChange: (event: SyntheticEvent<Control>) => {
      setChosen(0);
      look(event);
      onChange(event.currentTarget.value);
    },
  };
  return (
    <div className="relative">
      {long ? (
        <Textarea
          {...shared}
          ref={control as React.RefObject<HTMLTextAreaElement>}
          rows={code ? 10 : 3}
          spellCheck={!code}
          className={cn('resize-y pr-9', code && 'font-mono text-xs leading-5')}
        />
      ) : (
        <Input {...shared} ref={control as React.RefObject<HTMLInputElement>} className="pr-9" />
      )}
      <div className="absolute top-0.5 right-0.5">
        <Menu
          trigger={
            <Button look="quiet" size="icon" className="size-7 pointer-coarse:size-10" aria-label="Insert a merge tag">
              <Braces />
            </Button>
          }
        >
          <div className="max-h-72 overflow-y-auto">
            {tags.map((name) => (
              <MenuItem
                key={name}
                onSelect={() => put(insertTag(value, control.current?.selectionStart ?? value.length, name))}
              >
                <code className="text-xs">{name}</code>
              </MenuItem>
            ))}
          </div>
        </Menu>
      </div>
      {found.length > 0 && (
        <div
          id={listId}
          role="listbox"
          aria-label="Merge tags"
          className="absolute top-full left-0 z-30 mt-1 w-full overflow-hidden rounded-lg bg-raised p-1 shadow-float"
        >
          {found.map((name, index) => (
            <div
              key={name}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === chosen}
              onPointerDown={(event) => {
                event.preventDefault();
                take(name);
              }}
              className={cn('cursor-pointer rounded px-2 py-1 font-mono text-xs', index === chosen && 'bg-hover')}
            >
              {name}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
