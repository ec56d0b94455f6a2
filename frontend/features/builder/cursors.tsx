'use client';

import { ViewportPortal } from '@xyflow/react';
import { MousePointer2 } from 'lucide-react';
import { colourOf, type Seen } from '@/lib/live/presence';
import { useBuilder } from './context';
import { nodeIn } from './node-in';
import { useOthers } from './use-presence';

/** Where the others point, and what they have selected. */
export function Cursors() {
  const others = useOthers((all) => all);
  if (others.size === 0) return null;
  return (
    <ViewportPortal>
      {[...others.values()].map((someone) => (
        <Someone key={someone.socket_id} someone={someone} />
      ))}
    </ViewportPortal>
  );
}

function Someone({ someone }: { someone: Seen }) {
  const { name, cursor, selection } = someone;
  const colour = colourOf(someone);
  return (
    <>
      {selection.map((id) => (
        <Selected key={id} id={id} colour={colour} />
      ))}
      {cursor && (
        <div
          aria-hidden
          className="pointer-events-none absolute top-0 left-0 z-50 transition-transform duration-75"
          style={{ transform: `translate(${cursor.x}px, ${cursor.y}px)`, color: colour }}
        >
          <MousePointer2 className="size-4 fill-current" />
          <span className="ml-3 block w-max rounded px-1.5 py-px text-2xs text-white" style={{ background: colour }}>
            {name}
          </span>
        </div>
      )}
    </>
  );
}

function Selected({ id, colour }: { id: string; colour: string }) {
  const node = useBuilder(({ nodes }) => nodeIn(nodes, id));
  if (!node?.measured) return null;
  const { x, y } = node.position;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-0 left-0 rounded-xl border-2"
      style={{
        transform: `translate(${x - 4}px, ${y - 4}px)`,
        width: (node.measured.width ?? 0) + 8,
        height: (node.measured.height ?? 0) + 8,
        borderColor: colour,
      }}
    />
  );
}
