'use client';

import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { cn } from '@/lib/cn';
import type { CanvasNode } from '@/lib/graph/canvas';
import { useBuilderStore } from './context';

/** A remark for colleagues; it changes nothing of the journey. */
export const NoteNode = memo(function NoteNode({ id, data, selected }: NodeProps<CanvasNode>) {
  const store = useBuilderStore();
  return (
    <div
      className={cn(
        'w-52 rounded-md border border-warn/30 bg-warn-soft p-2 shadow-node',
        selected && 'border-warn ring-2 ring-warn/25',
      )}
    >
      <textarea
        aria-label="Note"
        placeholder="A note for your colleagues"
        rows={3}
        maxLength={2000}
        value={String(data.text ?? '')}
        onChange={(event) => store.getState().configure(id, { text: event.target.value })}
        className="nodrag nowheel field-sizing-content block min-h-14 w-full resize-none bg-transparent text-ink text-xs outline-none placeholder:text-ink-3"
      />
    </div>
  );
});
