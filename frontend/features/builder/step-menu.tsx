'use client';

import { Copy, CopyPlus, GitBranch, type LucideIcon, PencilLine, Plus, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { Kbd } from '@/components/ui/kbd';
import { Menu, MenuItem } from '@/components/ui/menu';
import { spotAfter } from '@/lib/graph/connect';
import type { Point } from '@/lib/graph/edit';
import { drawnStep } from '@/lib/graph/sight';
import { useBuilder, useBuilderStore } from './context';
import { selectedIds } from './store';
import { rename } from './use-shortcuts';
import { useSay } from './voice';

interface Act {
  icon: LucideIcon;
  label: string;
  keys: string;
  run(): void;
  danger?: boolean;
}

/** What can be done with the selected steps, asked for by the right button, a long press or the menu key. */
export function StepMenu() {
  const at = useBuilder(({ menu }) => menu);
  return at && <OpenMenu at={at} />;
}

function OpenMenu({ at }: { at: Point }) {
  const store = useBuilderStore();
  const acts = useActs(at);
  const chosen = useRef<Act | null>(null);
  const [only] = selectedIds(store.getState());
  return (
    <Menu
      isOpen
      align="start"
      onClose={() => store.getState().openMenu(null)}
      // Only now is the focus ours to give.
      onClosed={() => {
        if (only) drawnStep(only)?.focus();
        chosen.current?.run();
      }}
      trigger={
        <button
          type="button"
          tabIndex={-1}
          aria-label="The selected steps"
          className="pointer-events-none fixed size-0 opacity-0"
          style={{ left: at.x, top: at.y }}
        />
      }
    >
      {acts.map((act) => (
        <MenuItem
          key={act.label}
          danger={act.danger}
          onSelect={() => {
            chosen.current = act;
          }}
        >
          <act.icon /> <span className="flex-1 pr-6">{act.label}</span>
          <span aria-hidden className="pointer-coarse:hidden">
            <Kbd keys={act.keys} />
          </span>
        </MenuItem>
      ))}
    </Menu>
  );
}

function useActs(at: Point): Act[] {
  const store = useBuilderStore();
  const say = useSay();
  const state = store.getState();
  const ids = selectedIds(state);
  const copy = () => {
    const text = state.copy();
    if (text) void navigator.clipboard.writeText(text).then(() => say(`Copied ${ids.length}`));
  };
  const several: Act[] = [
    { icon: Copy, label: 'Copy', keys: 'mod+c', run: copy },
    { icon: CopyPlus, label: 'Duplicate', keys: 'mod+d', run: state.duplicateSelected },
    { icon: Trash2, label: 'Delete', keys: 'Delete', danger: true, run: state.removeSelected },
  ];
  const [only, ...others] = ids;
  if (!only || others.length > 0) return several;
  const spot = spotAfter(only, state, state.kinds);
  const leadsOn = state.edges.some(({ source }) => source === only);
  return [
    ...(spot
      ? [{ icon: Plus, label: 'Add a step after it', keys: 'Tab', run: () => state.ask({ spot, screen: at }) }]
      : []),
    { icon: PencilLine, label: 'Rename', keys: 'F2', run: () => rename(only) },
    ...(leadsOn ? [{ icon: GitBranch, label: 'Select the whole branch', keys: 'b', run: state.selectBranch }] : []),
    ...several,
  ];
}
