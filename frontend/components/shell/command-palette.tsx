'use client';

import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { FileText, type LucideIcon, Plus, Route, User } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Dialog as Radix } from 'radix-ui';
import { useState } from 'react';
import { api } from '@/lib/api/client';
import type { Contact, JourneyRow, Page, Template } from '@/lib/api/types';
import { nameOf } from '@/lib/format';
import { useDebounced } from '@/lib/use-debounced';
import { SECTIONS } from './sections';

const FRESH_MS = 60_000;

/** What can be gone to: the lists are small and kept, contacts are asked of the server as one types. */
function useTargets(text: string, open: boolean) {
  const journeys = useQuery({
    queryKey: ['/api/journeys', 'find'],
    queryFn: () => api.get<Page<JourneyRow>>('/api/journeys', { query: { limit: 100 } }),
    enabled: open,
    staleTime: FRESH_MS,
  });
  const templates = useQuery({
    queryKey: ['/api/templates', 'find'],
    queryFn: () => api.get<Page<Template>>('/api/templates', { query: { limit: 100 } }),
    enabled: open,
    staleTime: FRESH_MS,
  });
  const q = useDebounced(text.trim(), 150);
  const contacts = useQuery({
    queryKey: ['/api/contacts', 'find', q],
    queryFn: () => api.get<Page<Contact>>('/api/contacts', { query: { q, limit: 8 } }),
    enabled: open && q.length > 1,
    staleTime: FRESH_MS,
  });
  return {
    journeys: journeys.data?.items ?? [],
    templates: templates.data?.items ?? [],
    contacts: contacts.data?.items ?? [],
  };
}

function Item({
  icon: Icon,
  value,
  hint,
  onSelect,
  children,
}: {
  icon: LucideIcon;
  value: string;
  hint?: string;
  onSelect(): void;
  children: string;
}) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex h-9 items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-hover pointer-coarse:h-11"
    >
      <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint && <span className="truncate text-ink-3 text-xs">{hint}</span>}
    </Command.Item>
  );
}

const GROUP =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-ink-3 [&_[cmdk-group-heading]]:text-xs';

/** Ctrl or Cmd with K, from anywhere to anything. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const [text, setText] = useState('');
  const router = useRouter();
  const { journeys, templates, contacts } = useTargets(text, open);
  const go = (href: string) => () => {
    onOpenChange(false);
    setText('');
    router.push(href);
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-appear bg-[oklch(0.15_0.01_230/0.45)]" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-4 left-1/2 z-50 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 animate-rise overflow-hidden rounded-xl bg-raised shadow-float outline-none sm:top-[14vh]"
        >
          <Radix.Title className="sr-only">Find</Radix.Title>
          <Command label="Find" loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Find a journey, a contact, a template or a page"
              className="h-12 w-full border-b bg-transparent px-4 text-lg outline-none placeholder:text-ink-3"
            />
            <Command.List className="max-h-[60dvh] overflow-y-auto p-2">
              <Command.Empty className="px-3 py-8 text-center text-ink-3">Nothing by that name.</Command.Empty>
              {contacts.length > 0 && (
                <Command.Group heading="Contacts" className={GROUP} forceMount>
                  {contacts.map((contact) => (
                    <Item
                      key={contact.id}
                      icon={User}
                      value={`${text} contact ${contact.id}`}
                      hint={contact.email ?? ''}
                      onSelect={go(`/contacts/view?id=${contact.id}`)}
                    >
                      {nameOf(contact)}
                    </Item>
                  ))}
                </Command.Group>
              )}
              <Command.Group heading="Journeys" className={GROUP}>
                {journeys.map((journey) => (
                  <Item
                    key={journey.id}
                    icon={Route}
                    value={`journey ${journey.name} ${journey.id}`}
                    hint={journey.state}
                    onSelect={go(`/journeys/view?id=${journey.id}`)}
                  >
                    {journey.name}
                  </Item>
                ))}
                <Item icon={Plus} value="new journey" onSelect={go('/journeys/new')}>
                  New journey
                </Item>
              </Command.Group>
              <Command.Group heading="Templates" className={GROUP}>
                {templates.map((template) => (
                  <Item
                    key={template.id}
                    icon={FileText}
                    value={`template ${template.name} ${template.id}`}
                    onSelect={go(`/templates?id=${template.id}`)}
                  >
                    {template.name}
                  </Item>
                ))}
              </Command.Group>
              <Command.Group heading="Go to" className={GROUP}>
                {SECTIONS.map((section) => (
                  <Item
                    key={section.href}
                    icon={section.icon}
                    value={`go to ${section.label}`}
                    onSelect={go(section.href)}
                  >
                    {section.label}
                  </Item>
                ))}
              </Command.Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
