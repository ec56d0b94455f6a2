'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { CodeArea, Input, Select } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Page, PageBody } from '@/components/ui/page';
import type { Template } from '@/lib/api/types';
import { useDebounced } from '@/lib/use-debounced';
import { Preview } from './preview';
import { type MailSource, useSaveTemplate } from './queries';
import { STARTER_MJML } from './starter';
import { TestSend } from './test-send';

type Draft = { name: string; subject: string; preheader: string; language: 'mjml' | 'html'; source: string };

export const NEW_TEMPLATE = { id: null, name: '', subject: '', preheader: '', mjml: STARTER_MJML, html: null };

type Editable = Pick<Template, 'name' | 'subject' | 'preheader' | 'mjml' | 'html'> & { id: string | null };

const draftOf = ({ name, subject, preheader, mjml, html }: Editable): Draft => ({
  name,
  subject: subject ?? '',
  preheader: preheader ?? '',
  language: mjml ? 'mjml' : 'html',
  source: mjml ?? html ?? '',
});

const mailOf = ({ subject, preheader, language, source }: Draft): MailSource => ({
  subject,
  preheader,
  mjml: language === 'mjml' ? source : null,
  html: language === 'html' ? source : null,
});

/** A mail's source beside what it becomes. */
export function TemplateEditor({ template }: { template: Editable }) {
  const [draft, setDraft] = useState(() => draftOf(template));
  const [contactId, setContactId] = useState('');
  const router = useRouter();
  const save = useSaveTemplate(template.id);
  const rested = useDebounced(draft, 300);
  const edit = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const submit = () =>
    save.mutate(
      { name: draft.name, ...mailOf(draft) },
      {
        onSuccess: (saved) => {
          toast.success('Saved', { description: 'Journeys that are live keep the version they were published with.' });
          router.replace(`/templates?id=${saved.id}`);
        },
      },
    );
  return (
    <Page
      title={draft.name || 'New template'}
      back={{ href: '/templates', label: 'Templates' }}
      actions={
        <>
          {template.id && <TestSend id={template.id} contactId={contactId} />}
          <Button look="primary" busy={save.isPending} onClick={submit}>
            Save
          </Button>
        </>
      }
    >
      <PageBody className="grid items-start gap-6 lg:grid-cols-2">
        <div className="grid gap-4">
          {save.error && <Notice tone="bad">{save.error.message}</Notice>}
          <Source draft={draft} edit={edit} />
        </div>
        <Preview source={mailOf(rested)} contactId={contactId} onContact={setContactId} />
      </PageBody>
    </Page>
  );
}

function Source({ draft, edit }: { draft: Draft; edit(change: Partial<Draft>): void }) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_120px]">
        <Field label="Name">
          {(wiring) => (
            <Input {...wiring} value={draft.name} onChange={(event) => edit({ name: event.target.value })} />
          )}
        </Field>
        <Field label="Language">
          {(wiring) => (
            <Select
              {...wiring}
              value={draft.language}
              onChange={(event) => edit({ language: event.target.value as Draft['language'] })}
            >
              <option value="mjml">MJML</option>
              <option value="html">HTML</option>
            </Select>
          )}
        </Field>
      </div>
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
      <Field label="Source">
        {(wiring) => (
          <CodeArea
            {...wiring}
            className="h-[28rem]"
            value={draft.source}
            onChange={(event) => edit({ source: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
