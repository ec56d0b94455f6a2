'use client';

import { Command } from 'cmdk';
import { ArrowRight } from 'lucide-react';
import type { PointerEvent } from 'react';
import { NodeIcon } from '@/components/node-icon';
import type { NodeKind } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { humanize } from '@/lib/format';
import { descriptorOf } from '@/lib/nodes';

const GROUP_TITLES: Record<string, string> = {
  trigger: 'People come in',
  message: 'Messages',
  timing: 'Timing',
  logic: 'Logic',
  contact: 'Contact',
  custom: 'Your own',
  outside: 'Other systems',
  ai: 'AI',
};

/** The kinds in groups, the known groups first. */
function inGroups(kinds: NodeKind[]): [group: string, kinds: NodeKind[]][] {
  const others = [...new Set(kinds.map(({ group }) => group))].filter((group) => !(group in GROUP_TITLES));
  return [...Object.keys(GROUP_TITLES), ...others]
    .map((group): [string, NodeKind[]] => [group, kinds.filter((kind) => kind.group === group)])
    .filter(([, members]) => members.length > 0);
}

/** What an item does when it is pulled at, for a list that steps can be dragged out of. */
export type DragOut = (kind: string) => { onPointerDown(event: PointerEvent<HTMLElement>): void };

interface Props {
  kinds: NodeKind[];
  onPick(kind: string): void;
  /** Steps that are there already, to lead to instead of adding one. */
  targets?: { id: string; title: string }[];
  onTarget?(id: string): void;
  dragOut?: DragOut;
  autoFocus?: boolean;
  className?: string;
}

/** Every word that is typed must be said of a step; those whose name begins with it come first. */
function fit(value: string, search: string, [title = '', ...about]: string[] = []): number {
  const wanted = search.trim().toLowerCase();
  const said = [title, value, ...about].join(' ').toLowerCase();
  if (!wanted.split(/\s+/).every((word) => said.includes(word))) return 0;
  return title.toLowerCase().startsWith(wanted) ? 1 : title.toLowerCase().includes(wanted) ? 0.8 : 0.5;
}

const GROUP =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:text-ink-3';
const ITEM =
  'flex min-h-10 cursor-pointer select-none items-center gap-2.5 rounded-md px-2 py-1 data-[selected=true]:bg-hover pointer-coarse:min-h-12';

/** The kinds of step, by group, found by typing. Arrows choose, Enter takes. */
export function StepPicker({ kinds, onPick, targets = [], onTarget, dragOut, autoFocus, className }: Props) {
  return (
    <Command label="Steps" filter={fit} className={cn('flex min-h-0 flex-col', className)}>
      <div className="border-b p-2">
        <Command.Input
          autoFocus={autoFocus}
          placeholder="Find a step"
          className="h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm placeholder:text-ink-3 focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 pointer-coarse:h-11 pointer-coarse:text-lg"
        />
      </div>
      <Command.List className="min-h-0 flex-1 overflow-y-auto px-1 pb-2">
        <Command.Empty className="px-3 py-6 text-center text-ink-3 text-sm">No step goes by this name.</Command.Empty>
        {inGroups(kinds).map(([group, members]) => (
          <Command.Group key={group} heading={GROUP_TITLES[group] ?? humanize(group)} className={GROUP}>
            {members.map((kind) => {
              const { title } = descriptorOf(kind.kind, kind);
              return (
                <Command.Item
                  key={kind.kind}
                  value={kind.kind}
                  keywords={[title, kind.title, kind.description]}
                  data-step={kind.kind}
                  onSelect={() => onPick(kind.kind)}
                  className={cn(ITEM, dragOut && 'cursor-grab touch-none')}
                  {...dragOut?.(kind.kind)}
                >
                  <NodeIcon kind={kind.kind} />
                  <span className="min-w-0">
                    <span className="block truncate text-sm">{title}</span>
                    <span className="line-clamp-2 text-2xs text-ink-3 leading-3.5">{kind.description}</span>
                  </span>
                </Command.Item>
              );
            })}
          </Command.Group>
        ))}
        {targets.length > 0 && (
          <Command.Group heading="Or go on to" className={GROUP}>
            {targets.map(({ id, title }) => (
              <Command.Item
                key={id}
                value={`to ${id}`}
                keywords={[title]}
                onSelect={() => onTarget?.(id)}
                className={ITEM}
              >
                <ArrowRight aria-hidden className="size-4 shrink-0 text-ink-3" />
                <span className="min-w-0 truncate text-sm">{title}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  );
}
