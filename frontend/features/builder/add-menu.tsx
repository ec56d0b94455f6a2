'use client';

import { Popover } from 'radix-ui';
import { useMemo } from 'react';
import { isStep } from '@/lib/graph/canvas';
import { isTriggerKind, targetsFor } from '@/lib/graph/connect';
import { drawnStep } from '@/lib/graph/sight';
import { PHONE, useMedia } from '@/lib/use-media';
import { BottomSheet } from './bottom-sheet';
import { useBuilder, useBuilderStore } from './context';
import { nodeIn } from './node-in';
import { StepPicker } from './step-picker';
import { type Asking, selectedIds, titleOfKind } from './store';
import { useAddStep } from './use-add-step';

/** The list of steps where somebody asked for one: at the pointer, or from the lower edge on a phone. */
export function AddMenu() {
  const asking = useBuilder((state) => state.asking);
  return asking && <OpenMenu asking={asking} />;
}

function OpenMenu({ asking }: { asking: Asking }) {
  const { spot, screen } = asking;
  const store = useBuilderStore();
  const isPhone = useMedia(PHONE);
  const add = useAddStep();
  const kinds = useBuilder((state) => state.kinds);
  const close = () => store.getState().ask(null);
  const offered = useMemo(() => {
    const isFree = !('edge' in spot);
    return [...kinds.values()].filter((kind) => isFree || !isTriggerKind(kind));
  }, [kinds, spot]);
  const targets = useMemo(() => {
    const state = store.getState();
    const canGo = 'source' in spot ? targetsFor(spot.source, state, state.kinds) : [];
    return canGo.flatMap((id) => {
      const node = nodeIn(state.nodes, id);
      return node && isStep(node) ? [{ id, title: node.data.label || titleOfKind(node.type, state.kinds) }] : [];
    });
  }, [store, spot]);
  const picker = (
    <StepPicker
      autoFocus
      kinds={offered}
      targets={targets}
      onPick={(kind) => {
        close();
        add(kind, spot);
      }}
      onTarget={(target) => {
        close();
        if ('source' in spot) store.getState().connect({ ...spot, target });
      }}
      className={isPhone ? 'h-[70dvh]' : 'max-h-96 w-72'}
    />
  );
  if (isPhone) {
    return (
      <BottomSheet title="Add a step" onClose={close}>
        {picker}
      </BottomSheet>
    );
  }
  return (
    <Popover.Root open onOpenChange={close}>
      <Popover.Anchor className="fixed size-0" style={{ left: screen.x, top: screen.y }} />
      <Popover.Portal>
        <Popover.Content
          aria-label="Add a step"
          collisionPadding={12}
          sideOffset={10}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            drawnStep(selectedIds(store.getState())[0] ?? '')?.focus();
          }}
          className="z-50 animate-rise overflow-hidden rounded-xl bg-raised shadow-float outline-none"
        >
          {picker}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
