'use client';

import { useState } from 'react';
import { Select } from '@/components/ui/input';
import { isStep } from '@/lib/graph/canvas';
import { targetsFor } from '@/lib/graph/connect';
import { outletLabel } from '@/lib/nodes';
import { isOptional, outletsOf } from '@/lib/nodes/schema';
import { useBuilder, useBuilderParts, useBuilderStore } from './context';
import { nodeIn } from './node-in';
import { titleOfKind } from './store';
import { useSay } from './voice';

/** Where each way out leads, as lists: what can be drawn with the mouse can be chosen with the keyboard. */
export function Ways({ id }: { id: string }) {
  const store = useBuilderStore();
  const say = useSay();
  const edges = useBuilder((state) => state.edges);
  // Settings and steps are of interest here, not where the steps stand: nothing is drawn anew while one is moved.
  useBuilderParts((state) => state.nodes.map(({ data }) => data));
  const { nodes, kinds } = store.getState();
  const node = nodeIn(nodes, id);
  if (!node) return null;
  const nameOf = (target: string) => {
    const step = nodeIn(nodes, target);
    return step && isStep(step) ? step.data.label || `${titleOfKind(step.type, kinds)} (${target})` : target;
  };
  const lead = (sourceHandle: string, target: string) => {
    const state = store.getState();
    const edge = edges.find((each) => each.source === id && each.sourceHandle === sourceHandle);
    if (target) say(state.redirect({ source: id, sourceHandle, target }) ?? 'Connected');
    else if (edge) {
      state.apply('Disconnect', (draft) => ({ ...draft, edges: draft.edges.filter((each) => each !== edge) }));
    }
  };
  const outlets = outletsOf(node, kinds.get(node.type));
  if (outlets.length === 0) return null;
  return (
    <section aria-label="Ways on" className="grid gap-2 border-t pt-4">
      <h3 className="font-medium text-sm">Ways on</h3>
      {outlets.map((outlet) => (
        <Way
          key={outlet}
          label={outletLabel(node, outlet) ?? 'Next'}
          nowhere={isOptional(outlet) ? 'As the usual way' : 'Nowhere yet'}
          current={edges.find((edge) => edge.source === id && edge.sourceHandle === outlet)?.target ?? ''}
          targets={() => targetsFor(id, { nodes }, kinds)}
          nameOf={nameOf}
          onLead={(target) => lead(outlet, target)}
        />
      ))}
    </section>
  );
}

interface WayProps {
  label: string;
  nowhere: string;
  current: string;
  targets(): string[];
  nameOf(target: string): string;
  onLead(target: string): void;
}

/** One way out. Where else it could lead is listed when somebody is about to choose: a large journey has many steps. */
function Way({ label, nowhere, current, targets, nameOf, onLead }: WayProps) {
  const [isAsked, setAsked] = useState(false);
  const ask = () => setAsked(true);
  const listed = isAsked ? targets() : current ? [current] : [];
  return (
    <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] items-center gap-2">
      <span className="truncate text-ink-2 text-xs">{label}</span>
      <Select
        aria-label={`${label} leads to`}
        value={current}
        onFocus={ask}
        onPointerEnter={ask}
        onChange={(event) => onLead(event.target.value)}
      >
        <option value="">{nowhere}</option>
        {listed.map((target) => (
          <option key={target} value={target}>
            {nameOf(target)}
          </option>
        ))}
      </Select>
    </div>
  );
}
