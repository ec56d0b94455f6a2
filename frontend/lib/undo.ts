'use client';

import { toast } from '@/lib/toast';

const SECONDS_TO_UNDO = 6;

interface Undoable {
  title: string;
  description?: string;
  /** Does it for good. Called once, when the time to undo is over or the page is left. */
  run(): Promise<unknown>;
  /** Brings back what was hidden. */
  undo(): void;
}

/** Takes something away with time to take that back: nothing is sent before the toast is gone. */
export function withUndo({ title, description, run, undo }: Undoable): void {
  let isOver = false;
  const settle = (then: () => unknown) => () => {
    if (isOver) return;
    isOver = true;
    removeEventListener('pagehide', leave);
    void then();
  };
  const refused = (error: unknown) =>
    toast.error(`${title}: this did not work`, { description: error instanceof Error ? error.message : undefined });
  const leave = settle(() => run().catch(refused));
  addEventListener('pagehide', leave);
  toast(title, {
    description,
    duration: SECONDS_TO_UNDO * 1000,
    action: { label: 'Undo', onClick: settle(undo) },
    onAutoClose: leave,
    onDismiss: leave,
  });
}
