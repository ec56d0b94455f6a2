'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command as Cmdk } from 'cmdk';
import { FileText, type LucideIcon, PieChart, Route, User } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Dialog as Radix } from 'radix-ui';
import { useEffect, useState } from 'react';
import { DialogContent } from '@/components/ui/dialog-content';
import { Kbd } from '@/components/ui/kbd';
import { api } from '@/lib/api/client';
import type { Found, JourneyRow, Page } from '@/lib/api/types';
import { useDebounced } from '@/lib/use-debounced';
import { type Command, commandsHere } from './page-commands';
import { paletteActions, paletteSections } from './palette-actions';

const KINDS: Record<Found['kind'], { icon: LucideIcon; heading: string; href(id: string): string }> = {
  journey: { icon: Route, heading: 'Journeys', href: (id) => `/journeys/view?id=${id}` },
  contact: { icon: User, heading: 'Contacts', href: (id) => `/contacts/view?id=${id}` },
  segment: { icon: PieChart, heading: 'Segments', href: (id) => `/segments?id=${id}` },
  template: { icon: FileText, heading: 'Templates', href: (id) => `/templates?id=${id}` },
};

const FRESH_MS = 30_000;
/** More of one kind than this are found by more words. */
const MOST = 12;

const ORDER = Object.keys(KINDS);
const inOrder = (found: Found[]) => found.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));

const keyOf = (command?: Command): string => command?.id ?? command?.label ?? '';

/** Every word that was typed is in the label. */
const says = (label: string, text: string) =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word));

/** What the server knows by these words; before any are typed, the journeys changed last. */
function useFound(text: string): Found[] {
  const q = useDebounced(text.trim(), 120);
  const found = useQuery({
    queryKey: ['/api/find', q],
    queryFn: ({ signal }) => api.get<Page<Found>>('/api/find', { query: { q }, signal }),
    enabled: q.length > 0,
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });
  const recent = useQuery({
    queryKey: ['/api/journeys', 'recent'],
    queryFn: () => api.get<Page<JourneyRow>>('/api/journeys', { query: { limit: 5 } }),
    staleTime: FRESH_MS,
  });
  const isLate = q !== text.trim() || found.isPlaceholderData;
  const fits = ({ name, hint }: Found) => !isLate || says(`${name} ${hint ?? ''}`, text);
  if (q) return inOrder((found.data?.items ?? []).filter(fits));
  const journeys = recent.data?.items ?? [];
  return journeys.map(({ id, name, state }): Found => ({ kind: 'journey', id, name, hint: state })).filter(fits);
}

interface ItemProps {
  icon: LucideIcon;
  value: string;
  label: string;
  hint?: string | null;
  keys?: string;
  onSelect(): void;
}

function Item({ icon: Icon, value, label, hint, keys, onSelect }: ItemProps) {
  return (
    <Cmdk.Item
      value={value}
      onSelect={onSelect}
      className="flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-hover pointer-coarse:h-11"
    >
      <Icon aria-hidden className="size-4 shrink-0 text-ink-3" />
      <span className="min-w-0 truncate">{label}</span>
      {hint && <span className="min-w-0 flex-1 truncate text-ink-3 text-xs">{hint}</span>}
      {keys && (
        <span className="ml-auto max-sm:hidden">
          <Kbd keys={keys} />
        </span>
      )}
    </Cmdk.Item>
  );
}

const GROUP =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-ink-3 [&_[cmdk-group-heading]]:text-xs';

/** Ctrl or Cmd with K, from anywhere to anything. */
export function CommandPalette({ onClose, onShortcuts }: { onClose(): void; onShortcuts(): void }) {
  const [text, setText] = useState('');
  const router = useRouter();
  const found = useFound(text);
  const [chosen, setChosen] = useState('');
  const act = ({ href, run }: Pick<Command, 'href' | 'run'>) => {
    onClose();
    run?.();
    if (href) router.push(href);
  };
  const groups: [string, Command[]][] = [
    ['On this page', commandsHere(text.trim())],
    ['Actions', paletteActions(onShortcuts)],
    ['Go to', paletteSections()],
  ];
  const shown = groups.map(([heading, actions]): [string, Command[]] => [
    heading,
    actions.filter(({ label, hint }) => says(`${heading} ${label} ${hint ?? ''}`, text)).slice(0, MOST),
  ]);
  const [best] = found;
  const first = best ? `${best.kind} ${best.id}` : keyOf(shown.flatMap(([, actions]) => actions)[0]);
  // Answers come after the keys that asked for them: the best one is chosen as it arrives.
  useEffect(() => setChosen(first), [first]);
  return (
    <Radix.Root open onOpenChange={onClose}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-appear bg-[oklch(0.15_0.01_230/0.45)]" />
        <DialogContent
          aria-describedby={undefined}
          className="fixed top-4 left-1/2 z-50 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 animate-rise overflow-hidden rounded-xl bg-raised shadow-float outline-none sm:top-[14vh]"
        >
          <Radix.Title className="sr-only">Find</Radix.Title>
          <Cmdk label="Find" loop shouldFilter={false} value={chosen} onValueChange={setChosen}>
            <Cmdk.Input
              value={text}
              onValueChange={setText}
              placeholder="Find a journey, contact, segment, template or action"
              className="h-12 w-full border-b bg-transparent px-4 text-lg outline-none placeholder:text-ink-3"
            />
            <Cmdk.List className="max-h-[min(60dvh,440px)] overflow-y-auto p-2">
              <Cmdk.Empty className="px-3 py-8 text-center text-ink-3">Nothing by that name.</Cmdk.Empty>
              {Object.entries(KINDS).map(([kind, { icon, heading, href }]) => {
                const items = found.filter((each) => each.kind === kind);
                return items.length === 0 ? null : (
                  <Cmdk.Group key={kind} heading={heading} className={GROUP}>
                    {items.map(({ id, name, hint }) => (
                      <Item
                        key={id}
                        icon={icon}
                        value={`${kind} ${id}`}
                        label={name}
                        hint={hint}
                        onSelect={() => act({ href: href(id) })}
                      />
                    ))}
                  </Cmdk.Group>
                );
              })}
              {shown.map(([heading, actions]) => {
                return actions.length === 0 ? null : (
                  <Cmdk.Group key={heading} heading={heading} className={GROUP}>
                    {actions.map((action) => (
                      <Item key={keyOf(action)} {...action} value={keyOf(action)} onSelect={() => act(action)} />
                    ))}
                  </Cmdk.Group>
                );
              })}
            </Cmdk.List>
          </Cmdk>
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  );
}
