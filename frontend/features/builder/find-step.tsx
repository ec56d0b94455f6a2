'use client';

import { useReactFlow } from '@xyflow/react';
import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { NodeIcon } from '@/components/node-icon';
import { isStep } from '@/lib/graph/canvas';
import { NODE_HEIGHT, NODE_WIDTH } from '@/lib/graph/layout';
import { descriptorOf } from '@/lib/nodes';
import { useBuilderStore } from './context';

/** Any step of the journey by its name, its kind or what it does. */
export function FindStep({ onClose }: { onClose(): void }) {
  const store = useBuilderStore();
  const flow = useReactFlow();
  const { nodes, kinds } = store.getState();
  const go = (id: string) => {
    const node = nodes.find((each) => each.id === id);
    onClose();
    store.getState().select([id]);
    if (!node) return;
    const { x, y } = node.position;
    void flow.setCenter(x + NODE_WIDTH / 2, y + NODE_HEIGHT / 2, { zoom: 1, duration: 250 });
  };
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0.15_0.01_230/0.45)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-40 w-[min(480px,calc(100vw-24px))] -translate-x-1/2 animate-rise overflow-hidden rounded-xl bg-raised shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Find a step</Dialog.Title>
          <Command label="Find a step">
            <Command.Input
              autoFocus
              placeholder="Find a step in this journey"
              className="h-12 w-full border-b bg-transparent px-4 text-base outline-none placeholder:text-ink-3"
            />
            <Command.List className="max-h-80 overflow-y-auto p-1">
              <Command.Empty className="px-4 py-6 text-center text-ink-3 text-sm">No step says this.</Command.Empty>
              {nodes.map(({ id, type, data }) => {
                const { title, summary } = descriptorOf(type, kinds.get(type));
                const about = isStep({ type }) ? summary(data) : String(data.text ?? '');
                return (
                  <Command.Item
                    key={id}
                    value={id}
                    keywords={[String(data.label ?? ''), title, about]}
                    onSelect={() => go(id)}
                    className="flex min-h-11 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1 data-[selected=true]:bg-hover"
                  >
                    <NodeIcon kind={type} />
                    <span className="min-w-0">
                      <span className="block truncate text-sm">{isStep({ type }) ? data.label || title : 'Note'}</span>
                      <span className="block truncate text-ink-3 text-xs">{about}</span>
                    </span>
                  </Command.Item>
                );
              })}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
