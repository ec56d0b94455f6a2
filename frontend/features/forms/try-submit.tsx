'use client';

import { type FormEvent, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import type { WebForm } from '@/lib/api/types';
import { useSubmit } from './queries';

/** The form as people see it, to be sent from here. */
export function TrySubmit({ form: { key, fields, disabled, origins } }: { form: WebForm }) {
  const send = useSubmit(key);
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    send.mutate(values, { onSuccess: () => form.current?.reset() });
  };
  if (disabled) return <p className="text-ink-2 text-sm">A closed form takes nothing in.</p>;
  return (
    <form ref={form} onSubmit={submit} className="grid gap-3">
      {fields.map(({ name, label, required }) => (
        <Field key={name} label={label || name}>
          {(wiring) => (
            <Input {...wiring} name={name} type={name === 'email' ? 'email' : 'text'} required={required ?? false} />
          )}
        </Field>
      ))}
      {send.error && <Notice tone="bad">{send.error.message}</Notice>}
      {send.isSuccess && <Notice tone="ok">It came in. The contact is there within a second.</Notice>}
      {origins.length > 0 && (
        <p className="text-ink-3 text-xs">Only some websites may send it, so it may be refused from here.</p>
      )}
      <Button type="submit" className="justify-self-start" busy={send.isPending}>
        Send it
      </Button>
    </form>
  );
}
