'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Page } from '@/components/ui/page';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import type { Contact, Template } from '@/lib/api/types';
import { toast } from '@/lib/toast';
import { useDebounced } from '@/lib/use-debounced';
import { useKeys } from '@/lib/use-keys';
import { useSearchState } from '@/lib/use-search-state';
import { type Draft, draftOf, mailOf, NEW_DRAFT } from './draft';
import { Preview } from './preview';
import { useSaveTemplate } from './queries';
import { Source } from './source';
import { TemplateMenu } from './template-menu';
import { TestSend } from './test-send';
import { Versions } from './versions';

const same = (a: Draft, b: Draft) => JSON.stringify(a) === JSON.stringify(b);

/** A mail's source beside what it becomes, and what it was before. */
export function TemplateView({ template }: { template?: Template }) {
  const saved = template ? draftOf(template, template) : NEW_DRAFT;
  const [draft, setDraft] = useState(saved);
  const [contact, setContact] = useState<Contact | null>(null);
  const [tab, setTab] = useSearchState('tab', 'write');
  const router = useRouter();
  const save = useSaveTemplate(template?.id ?? null);
  const rested = useDebounced(draft, 300);
  const isChanged = !same(draft, saved);
  const submit = () =>
    save.mutate(
      { name: draft.name, ...mailOf(draft) },
      {
        onSuccess: ({ id, version }) => {
          toast.success(`Saved as version ${version}`, {
            description: 'Journeys that are live keep the version they were published with.',
          });
          router.replace(`/templates?id=${id}`);
        },
      },
    );
  const maySave = isChanged && draft.name.trim() !== '' && !save.isPending;
  useKeys({ 'mod+s': () => maySave && submit() });
  const restore = (version: Parameters<typeof draftOf>[0]) => {
    setDraft(draftOf(version, draft));
    setTab('write');
  };
  const tabs = [
    { value: 'write', label: 'Write' },
    ...(template ? [{ value: 'versions', label: `Versions (${template.version})` }] : []),
  ];
  return (
    <Page
      title={draft.name || 'New template'}
      back={{ href: '/templates', label: 'Templates' }}
      about={template ? (isChanged ? 'Changed, not saved' : `Version ${template.version}`) : undefined}
      actions={
        <>
          {template && <TestSend id={template.id} contactId={contact?.id ?? ''} />}
          <Button look="primary" busy={save.isPending} disabled={!maySave} onClick={submit}>
            Save
          </Button>
          {template && <TemplateMenu template={template} />}
        </>
      }
    >
      <Tabs label="Template" tabs={tabs} value={tab} onValueChange={setTab}>
        <TabPanel value="write">
          <div className="grid items-start gap-6 lg:grid-cols-2">
            <div className="grid min-w-0 gap-4">
              {save.error && <Notice tone="bad">{save.error.message}</Notice>}
              <Source draft={draft} edit={(change) => setDraft((before) => ({ ...before, ...change }))} />
            </div>
            <Preview source={mailOf(rested)} contact={contact} onContact={setContact} />
          </div>
        </TabPanel>
        {template && (
          <TabPanel value="versions">
            <Versions template={template} onRestore={restore} />
          </TabPanel>
        )}
      </Tabs>
    </Page>
  );
}
