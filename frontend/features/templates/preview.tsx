'use client';

import { CircleAlert, CircleCheck, Monitor, Moon, Smartphone, Sun, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { ContactPicker } from '@/components/contact-picker';
import { Button } from '@/components/ui/button';
import { MailFrame } from '@/components/ui/mail-frame';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import type { Contact, Finding } from '@/lib/api/types';
import { type MailSource, usePreview } from './queries';

interface Props {
  source: MailSource;
  contact: Contact | null;
  onContact(contact: Contact | null): void;
}

/** The mail as a chosen person would get it, at the width of a phone or a desk. */
export function Preview({ source, contact, onContact }: Props) {
  const [narrow, setNarrow] = useState(false);
  const [dark, setDark] = useState(false);
  const preview = usePreview(source, contact?.id ?? '');
  const mail = preview.data;
  return (
    <section aria-label="Preview" className="min-w-0 rounded-lg border bg-surface lg:sticky lg:top-4">
      <header className="flex items-center gap-2 border-b px-3 py-2">
        <ContactPicker
          label="Preview as"
          className="min-w-0 flex-1"
          value={contact}
          onChange={onContact}
          nobody="As a made-up person"
        />
        <Button
          look="quiet"
          size="icon"
          aria-label={dark ? 'Show as in a light inbox' : 'Show as in a dark inbox'}
          onClick={() => setDark(!dark)}
        >
          {dark ? <Sun /> : <Moon />}
        </Button>
        <Button
          look="quiet"
          size="icon"
          aria-label={narrow ? 'Show at desk width' : 'Show at phone width'}
          onClick={() => setNarrow(!narrow)}
        >
          {narrow ? <Monitor /> : <Smartphone />}
        </Button>
      </header>
      {preview.error && (
        <Notice tone="bad" className="m-3">
          {preview.error.message}
        </Notice>
      )}
      {mail ? (
        <>
          <div className="px-4 py-3">
            <p className="truncate font-semibold">{mail.subject || 'No subject'}</p>
            <p className="truncate text-ink-3 text-xs">{mail.preheader}</p>
          </div>
          <div className="px-2">
            <MailFrame
              title="The mail"
              html={mail.html}
              dark={dark}
              className={narrow ? 'mx-auto block h-[30rem] max-w-[375px]' : 'h-[30rem]'}
            />
          </div>
          <Findings findings={mail.findings} />
        </>
      ) : (
        !preview.error && <Skeleton className="m-3 h-96" />
      )}
    </section>
  );
}

function Findings({ findings }: { findings: Finding[] }) {
  return (
    <ul aria-label="Checks" className="grid gap-2 px-4 py-3 text-sm">
      {findings.map(({ level, code, message, line }) => (
        <li key={`${code} ${message} ${line}`} className="flex gap-2.5">
          {level === 'error' ? (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
          ) : (
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          )}
          <span>
            {`${message.charAt(0).toUpperCase()}${message.slice(1)}`}
            {line ? <span className="text-ink-3"> Line {line}.</span> : null}
          </span>
        </li>
      ))}
      {findings.length === 0 && (
        <li className="flex gap-2.5 text-ink-2">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          Every check has passed.
        </li>
      )}
    </ul>
  );
}
