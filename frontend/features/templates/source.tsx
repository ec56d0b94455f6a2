'use client';

import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import { Field } from '@/components/ui/field';
import { Filters } from '@/components/ui/filters';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import { useAttributes } from '@/features/rules/queries';
import type { Draft } from './draft';

const CodeEditor = dynamic(() => import('@/components/ui/code-editor'), {
  ssr: false,
  loading: () => <Skeleton className="h-[30rem]" />,
});

const ALWAYS = ['workspace.name', 'unsubscribe_url', 'preferences_url', 'view_in_browser_url'];
const LANGUAGES = [
  { value: 'mjml', label: 'MJML' },
  { value: 'html', label: 'HTML' },
];

/** The parts of a mail, each with merge tags where they may stand. */
export function Source({ draft, edit }: { draft: Draft; edit(change: Partial<Draft>): void }) {
  const attributes = useAttributes();
  const names = useMemo(() => [...attributes.map(({ name }) => `contact.${name}`), ...ALWAYS], [attributes]);
  return (
    <>
      <Field label="Name" hint="For you; nobody else sees it.">
        {(wiring) => <Input {...wiring} value={draft.name} onChange={(event) => edit({ name: event.target.value })} />}
      </Field>
      <Field label="Subject" hint="May hold merge tags, such as {{ contact.first_name | default: 'there' }}.">
        {(wiring) => (
          <Input {...wiring} value={draft.subject} onChange={(event) => edit({ subject: event.target.value })} />
        )}
      </Field>
      <Field label="Preheader" hint="What an inbox shows after the subject.">
        {(wiring) => (
          <Input {...wiring} value={draft.preheader} onChange={(event) => edit({ preheader: event.target.value })} />
        )}
      </Field>
      <div className="grid gap-1.5">
        <div className="flex items-center justify-between gap-3">
          <span className="font-medium text-sm">Source</span>
          <Filters
            label="Language"
            options={LANGUAGES}
            value={draft.language}
            onChange={(language) => edit({ language: language as Draft['language'] })}
          />
        </div>
        <CodeEditor
          label="Source"
          value={draft.source}
          names={names}
          onChange={(source) => edit({ source })}
          className="h-[30rem]"
        />
        <p className="text-ink-3 text-xs">Type {'{{'} for the merge tags. Escape, then Tab, leaves the editor.</p>
      </div>
    </>
  );
}
