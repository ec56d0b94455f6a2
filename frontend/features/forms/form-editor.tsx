'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ChipsInput } from '@/components/ui/chips-input';
import { Code } from '@/components/ui/code';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Page, PageBody } from '@/components/ui/page';
import { Problem } from '@/lib/api/problem';
import type { FormField, WebForm } from '@/lib/api/types';
import { toast } from '@/lib/toast';
import { FieldsEditor } from './fields-editor';
import { FormMenu } from './form-menu';
import { type FormWish, useSaveForm } from './queries';
import { TrySubmit } from './try-submit';

const BEGINNING: FormField[] = [
  { name: 'email', label: 'Email', required: true },
  { name: 'first_name', label: 'First name' },
];

export const NewFormView = () => (
  <Page
    title="New form"
    back={{ href: '/forms', label: 'Forms' }}
    about="It gets an address of its own, and HTML to paste into a page."
  >
    <PageBody>
      <div className="max-w-2xl">
        <Editor />
      </div>
    </PageBody>
  </Page>
);

/** A form beside what goes into the page, and a way to try it. */
export function SavedFormView({ form }: { form: WebForm }) {
  const save = useSaveForm(form.id);
  return (
    <Page
      title={form.name}
      back={{ href: '/forms', label: 'Forms' }}
      about={
        <Badge tone={form.disabled ? 'neutral' : 'ok'} dot>
          {form.disabled ? 'Closed' : 'Open'}
        </Badge>
      }
      actions={
        <>
          <Button busy={save.isPending} onClick={() => save.mutate({ disabled: !form.disabled })}>
            {form.disabled ? 'Open it' : 'Close it'}
          </Button>
          <FormMenu form={form} />
        </>
      }
    >
      <PageBody>
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Editor form={form} />
          <div className="grid min-w-0 gap-4">
            <Card title="For your page" description="Paste it where the form should stand, and style it as you like.">
              <Code label="HTML of the form" text={form.html} />
            </Card>
            <Card title="Try it" description="It is sent in earnest: a contact is made, and journeys begin.">
              <TrySubmit key={form.fields.map(({ name }) => name).join()} form={form} />
            </Card>
          </div>
        </div>
      </PageBody>
    </Page>
  );
}

function Editor({ form }: { form?: WebForm }) {
  const router = useRouter();
  const save = useSaveForm(form?.id ?? null);
  const [wish, setWish] = useState<FormWish>({
    name: form?.name ?? '',
    fields: form?.fields ?? BEGINNING,
    redirect_url: form?.redirect_url ?? null,
    origins: form?.origins ?? [],
  });
  const put = (part: Partial<FormWish>) => setWish((before) => ({ ...before, ...part }));
  const submit = () =>
    save.mutate(wish, {
      onSuccess: ({ id }) => {
        toast.success('Saved');
        router.replace(`/forms?id=${id}`);
      },
    });
  const faults = save.error instanceof Problem ? save.error.faults : [];
  return (
    <Card>
      <div className="grid gap-4">
        {save.error && <Notice tone="bad">{faults[0]?.message ?? save.error.message}</Notice>}
        <Field label="Name">
          {(wiring) => <Input {...wiring} value={wish.name} onChange={({ target }) => put({ name: target.value })} />}
        </Field>
        <fieldset className="grid gap-1.5">
          <legend className="mb-1.5 font-medium text-sm">Fields</legend>
          <FieldsEditor fields={wish.fields} onChange={(fields) => put({ fields })} />
        </fieldset>
        <Field label="Afterwards, go to" hint="A page of yours; without one, people are thanked with a plain page.">
          {(wiring) => (
            <Input
              {...wiring}
              type="url"
              placeholder="https://example.com/thanks"
              value={wish.redirect_url ?? ''}
              onChange={({ target }) => put({ redirect_url: target.value || null })}
            />
          )}
        </Field>
        <Field label="Only from these websites" hint="Without any, from everywhere.">
          {({ id }) => (
            <ChipsInput
              id={id}
              aria-label="Only from these websites"
              values={wish.origins}
              onChange={(origins) => put({ origins })}
              placeholder="https://example.com"
            />
          )}
        </Field>
        <Button
          look="primary"
          className="justify-self-start"
          busy={save.isPending}
          disabled={!wish.name.trim() || wish.fields.some(({ name }) => !name.trim())}
          onClick={submit}
        >
          {form ? 'Save' : 'Create form'}
        </Button>
      </div>
    </Card>
  );
}
