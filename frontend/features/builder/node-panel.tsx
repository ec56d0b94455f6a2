'use client';

import { Copy, GitBranch, Trash2 } from 'lucide-react';
import { memo, useDeferredValue, useState } from 'react';
import { NodeIcon } from '@/components/node-icon';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { afterPaint } from '@/lib/after-paint';
import type { NodeConfig } from '@/lib/api/types';
import { isStep } from '@/lib/graph/canvas';
import { drawnStep } from '@/lib/graph/sight';
import { descriptorOf } from '@/lib/nodes';
import { useBuilder, useBuilderStore } from './context';
import { inWords } from './faults';
import { NameField, NodeForm } from './form/node-forms';
import { ScopeProvider } from './form/schema-form';
import { nodeIn } from './node-in';
import { SidePanel } from './side-panel';
import { selectedIds } from './store';
import { Ways } from './ways';

const NONE: never[] = [];

/** The one step that is selected; of several, none is shown. */
export function useSelectedStep(): string | null {
  return useBuilder((state) => {
    const [only, ...others] = selectedIds(state);
    const node = nodeIn(state.nodes, only);
    return only && others.length === 0 && node && isStep(node) ? only : null;
  });
}

/**
 * The step whose form is open: the selected one, once the canvas shows that it is. While steps are moved the panel
 * stays as it is, for they are not opened, and the canvas would become narrower under the pointer.
 */
export function useOpenStep(): string | null {
  const selected = useSelectedStep();
  const isMoving = useBuilder((state) => state.isMoving);
  const [open, setOpen] = useState(selected);
  if (!isMoving && open !== selected) setOpen(selected);
  return useDeferredValue(open);
}

/** A step's settings: the form shows at once what is typed, the drawing follows when that is on the screen. */
function useSettings(id: string): [NodeConfig | undefined, (config: NodeConfig) => void] {
  const store = useBuilderStore();
  const drawn = useBuilder(({ nodes }) => nodeIn(nodes, id)?.data);
  const [typed, setTyped] = useState<NodeConfig | null>(null);
  const change = (config: NodeConfig) => {
    setTyped(config);
    afterPaint(() => {
      store.getState().configure(id, config);
      // What was typed since then is still to come.
      setTyped((latest) => (latest === config ? null : latest));
    });
  };
  return [typed ?? drawn, change];
}

/** What a step does, set up by its form; what the server finds wrong stands at the field. */
export const NodePanel = memo(function NodePanel({ id }: { id: string }) {
  const store = useBuilderStore();
  const type = useBuilder(({ nodes }) => nodeIn(nodes, id)?.type ?? '');
  const [data, change] = useSettings(id);
  const kind = useBuilder(({ kinds }) => kinds.get(type));
  const faults = useBuilder((state) => state.faults[id] ?? NONE);
  const leadsOn = useBuilder(({ edges }) => edges.some(({ source }) => source === id));
  if (!data) return null;
  const { title } = descriptorOf(type, kind);
  const schema = kind?.config_schema ?? {};
  const fields = Object.keys(schema.properties ?? {});
  const atLarge = faults.filter(({ field }) => !field || !fields.includes(field.split('.')[0] ?? ''));
  return (
    <SidePanel
      title={data.label || title}
      about={kind?.description ?? 'This kind of step is not known here.'}
      icon={<NodeIcon kind={type} />}
      onClose={() => {
        store.getState().select([]);
        drawnStep(id)?.focus();
      }}
    >
      {atLarge.length > 0 && (
        <Notice tone="bad">
          {atLarge.map((fault) => (
            <p key={fault.message}>{inWords(fault, { id, type, data })}</p>
          ))}
        </Notice>
      )}
      <ScopeProvider root={schema} faults={faults}>
        <NameField id={id} title={title} values={data} onChange={change} />
        <NodeForm key={id} kind={type} values={data} onChange={change} />
      </ScopeProvider>
      <Ways id={id} />
      <div className="flex flex-wrap gap-2 border-t pt-4">
        <Button size="sm" onClick={() => store.getState().duplicateSelected()}>
          <Copy /> Duplicate
        </Button>
        {leadsOn && (
          <Button size="sm" onClick={() => store.getState().selectBranch()}>
            <GitBranch /> Whole branch
          </Button>
        )}
        <Button size="sm" look="danger" onClick={() => store.getState().removeSelected()}>
          <Trash2 /> Delete
        </Button>
        <code className="ml-auto self-center truncate text-2xs text-ink-3">{id}</code>
      </div>
    </SidePanel>
  );
});
