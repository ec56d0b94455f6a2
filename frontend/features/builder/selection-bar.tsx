'use client';

import { ChevronsDownUp, ChevronsUpDown, Copy, Group, Trash2, Ungroup } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { StepGroup } from '@/lib/api/types';
import { count } from '@/lib/format';
import { isStep } from '@/lib/graph/canvas';
import { groupOf } from '@/lib/graph/groups';
import { useBuilder, useBuilderParts, useBuilderStore } from './context';
import { selectedIds } from './store';

/** What can be done with several steps at once. */
export function SelectionBar() {
  const store = useBuilderStore();
  const ids = useBuilderParts(selectedIds);
  const group = useBuilder(({ groups }) => groupOf(groups, ids));
  const steps = useBuilder(({ nodes }) => nodes.filter((node) => node.selected && isStep(node)).length);
  const isFolded = group?.collapsed ?? false;
  if (ids.length < 2 && !isFolded) return null;
  const { group: regroup, duplicateSelected, removeSelected } = store.getState();
  return (
    <section
      aria-label="Selected steps"
      className="absolute bottom-6 left-1/2 max-sm:top-3 max-sm:bottom-auto z-10 flex max-w-[calc(100%-24px)] -translate-x-1/2 animate-rise items-center gap-1 rounded-lg border bg-raised p-1 shadow-float"
    >
      {group ? (
        <GroupTools group={group} />
      ) : (
        <span className="num whitespace-nowrap px-2 text-sm">{count(ids.length, 'selected', 'selected')}</span>
      )}
      {steps > 1 && (
        <Button size="sm" look="quiet" onClick={regroup}>
          {group ? <Ungroup /> : <Group />} {group ? 'Ungroup' : 'Group'}
        </Button>
      )}
      <Button size="sm" look="quiet" aria-label="Duplicate" onClick={duplicateSelected}>
        <Copy />
      </Button>
      <Button size="sm" look="quiet" aria-label="Delete the selected steps" onClick={removeSelected}>
        <Trash2 />
      </Button>
    </section>
  );
}

function GroupTools({ group: { id, name, collapsed } }: { group: StepGroup }) {
  const store = useBuilderStore();
  return (
    <>
      <Input
        aria-label="Name of the group"
        data-name-of={id}
        placeholder="Name the group"
        maxLength={100}
        className="h-8 w-40"
        value={name}
        onChange={({ target }) => store.getState().renameGroup(id, target.value)}
      />
      <Button size="sm" look="quiet" onClick={() => store.getState().toggleGroup(id)}>
        {collapsed ? <ChevronsUpDown /> : <ChevronsDownUp />} {collapsed ? 'Unfold' : 'Fold'}
      </Button>
    </>
  );
}
