'use client';

import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { ChevronDown } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { api } from '@/lib/api/client';
import type { Contact, Page } from '@/lib/api/types';
import { nameOf } from '@/lib/format';
import { useDebounced } from '@/lib/use-debounced';

interface Props {
  label: string;
  value: Contact | null;
  onChange(contact: Contact | null): void;
  /** What choosing nobody means; without it somebody has to be chosen. */
  nobody?: string;
  className?: string;
}

const ITEM =
  'flex min-h-9 cursor-pointer flex-col justify-center rounded-md px-2.5 py-1 data-[selected=true]:bg-hover pointer-coarse:min-h-11';

/** Anyone of the workspace, found by a part of their name or address. */
export function ContactPicker({ label, value, onChange, nobody, className }: Props) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 150);
  const found = useQuery({
    queryKey: ['/api/contacts', 'pick', q],
    queryFn: ({ signal }) => api.get<Page<Contact>>('/api/contacts', { query: { q, limit: 8 }, signal }),
    enabled: open,
    placeholderData: (before) => before,
  });
  const pick = (contact: Contact | null) => {
    onChange(contact);
    setOpen(false);
    setText('');
  };
  return (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <Button className={`min-w-0 justify-between ${className ?? 'w-full max-w-sm'}`} aria-label={label}>
          <span className="truncate">{value ? nameOf(value) : (nobody ?? 'Choose a person')}</span>
          <ChevronDown className="text-ink-3" />
        </Button>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 w-[min(340px,calc(100vw-16px))] animate-rise overflow-hidden rounded-lg bg-raised shadow-float outline-none"
        >
          <Command label={label} shouldFilter={false} loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Name, email or id"
              className="h-10 w-full border-b bg-transparent px-3 text-sm outline-none placeholder:text-ink-3 pointer-coarse:text-lg"
            />
            <Command.List className="max-h-72 overflow-y-auto p-1">
              <Command.Empty className="px-3 py-6 text-center text-ink-3">Nobody by that name.</Command.Empty>
              {nobody && !q && (
                <Command.Item value="nobody" onSelect={() => pick(null)} className={ITEM}>
                  {nobody}
                </Command.Item>
              )}
              {found.data?.items.map((contact) => (
                <Command.Item key={contact.id} value={contact.id} onSelect={() => pick(contact)} className={ITEM}>
                  <span className="truncate font-medium">{nameOf(contact)}</span>
                  <span className="truncate text-ink-3 text-xs">{contact.email ?? contact.external_id}</span>
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
