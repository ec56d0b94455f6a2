'use client';

import dynamic from 'next/dynamic';
import type { ReactNode } from 'react';
import { Skeleton } from '@/components/ui/skeleton';
import type { GraphNode } from '@/lib/api/types';
import { count, formatValue, humanize } from '@/lib/format';
import { type ChangedNode, type Content, changedSettings, changedWays, diffGraphs, sizeOf } from '@/lib/graph/diff';
import { summaryOf, titleOf } from '@/lib/nodes';

const DiffPicture = dynamic(() => import('./diff-picture'), {
  ssr: false,
  loading: () => <Skeleton className="h-64" />,
});

/** What publishing would change, in a picture and in words. */
export function Changes({ before, after }: { before: Content; after: Content }) {
  const diff = diffGraphs(before.graph, after.graph);
  const ways = changedWays(diff);
  const settings = changedSettings(before.settings, after.settings);
  const total = sizeOf(diff) + settings.length;
  if (total === 0) return <p className="text-ink-2 text-sm">Nothing differs.</p>;
  return (
    <div className="grid gap-3">
      {sizeOf(diff) > 0 && <DiffPicture before={before.graph} after={after.graph} diff={diff} />}
      <ul aria-label="Changes" className="grid gap-1.5 text-sm">
        {diff.added.map((node) => (
          <Line key={node.id} sign="+" className="text-ok" name={titleOf(node)} about={summaryOf(node)} />
        ))}
        {diff.changed.map((change) => (
          <Line
            key={change.after.id}
            sign="~"
            className="text-warn"
            name={titleOf(change.after)}
            about={inWords(change)}
          />
        ))}
        {diff.removed.map((node) => (
          <Line key={node.id} sign="−" className="text-bad" name={titleOf(node)} about={summaryOf(node)} />
        ))}
        {ways > 0 && (
          <Line
            sign="~"
            className="text-warn"
            name={count(ways, 'way')}
            about={ways === 1 ? 'leads elsewhere, came or went' : 'lead elsewhere, came or went'}
          />
        )}
        {settings.map((name) => (
          <Line
            key={name}
            sign="~"
            className="text-warn"
            name={humanize(name)}
            about={`${settingText(before.settings[name])} → ${settingText(after.settings[name])}`}
          />
        ))}
      </ul>
    </div>
  );
}

const settingText = (value: unknown) => (value === undefined || value === null ? 'not set' : formatValue(value));

const isShort = (value: unknown) => ['string', 'number', 'boolean', 'undefined'].includes(typeof value);

/** What changed in a step: its summary where that differs, else its settings by name. */
function inWords({ before, after, fields }: ChangedNode): ReactNode {
  if (before.type === after.type && summaryOf(before) !== summaryOf(after)) {
    return `${summaryOf(before)} → ${summaryOf(after)}`;
  }
  return fields.map((field) => fieldInWords(field, before, after)).join('; ');
}

function fieldInWords(field: string, before: GraphNode, after: GraphNode): string {
  const name = field === 'label' ? 'Name' : humanize(field);
  const [old, now] = [before.data[field], after.data[field]];
  if (field === 'type') return 'Another kind of step';
  return isShort(old) && isShort(now) ? `${name}: ${formatValue(old)} → ${formatValue(now)}` : name;
}

interface LineProps {
  sign: string;
  className: string;
  name: string;
  about: ReactNode;
}

const MEANING: Record<string, string> = { '+': 'Added', '~': 'Changed', '−': 'Removed' };

function Line({ sign, className, name, about }: LineProps) {
  return (
    <li className="flex gap-2.5">
      <span aria-hidden className={`w-3 shrink-0 text-center font-semibold ${className}`}>
        {sign}
      </span>
      <span className="sr-only">{MEANING[sign]}: </span>
      <span className="min-w-0 break-words">
        <span className="font-medium">{name}</span> <span className="text-ink-2">{about}</span>
      </span>
    </li>
  );
}
