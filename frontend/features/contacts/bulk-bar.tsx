'use client';

import { Ban, Download, Route, Tag, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import type { ContactSearch } from '@/lib/api/types';
import { count } from '@/lib/format';
import type { BulkKind } from './bulk-dialog';
import { foundBy } from './use-search';
import type { Selection } from './use-selection';

const BulkDialog = dynamic(() => import('./bulk-dialog').then((module) => module.BulkDialog), { ssr: false });

const KINDS: { kind: BulkKind; label: string; icon: typeof Tag }[] = [
  { kind: 'tag', label: 'Tag', icon: Tag },
  { kind: 'enroll', label: 'Enroll', icon: Route },
  { kind: 'suppress', label: 'Suppress', icon: Ban },
  { kind: 'export', label: 'Export', icon: Download },
];

/** What can be done to those chosen; it slides in with the first. */
export function BulkBar({ selection, search }: { selection: Selection; search: ContactSearch }) {
  const [kind, setKind] = useState<BulkKind | null>(null);
  const { ids, all, seenCount, takeAll, clear } = selection;
  if (!all && ids.size === 0) return null;
  const who = all ? 'Everyone who matches' : count(ids.size, 'person', 'people');
  return (
    <section
      aria-label="Selected contacts"
      className="sticky bottom-[calc(56px+env(safe-area-inset-bottom))] z-20 mx-auto mb-3 flex w-[min(680px,calc(100%-24px))] animate-rise flex-wrap items-center gap-1 rounded-xl bg-raised p-2 shadow-float md:bottom-3"
    >
      <p role="status" className="num px-2 font-medium">
        {who}
      </p>
      {!all && ids.size === seenCount && (
        <Button size="sm" look="quiet" onClick={takeAll}>
          Select all that match
        </Button>
      )}
      <span className="ml-auto flex flex-wrap items-center gap-1">
        {KINDS.map(({ kind: name, label, icon: Icon }) => (
          <Button key={name} size="sm" look="quiet" onClick={() => setKind(name)}>
            <Icon /> {label}
          </Button>
        ))}
        <Button look="quiet" size="icon" aria-label="Select nobody" onClick={clear}>
          <X />
        </Button>
      </span>
      {kind && (
        <BulkDialog
          kind={kind}
          who={who.toLowerCase()}
          audience={all ? foundBy(search) : { contact_ids: [...ids] }}
          onClose={() => setKind(null)}
        />
      )}
    </section>
  );
}
