'use client';

import { ChevronLeft } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Code } from '@/components/ui/code';
import { Facts } from '@/components/ui/facts';
import { Loaded } from '@/components/ui/loaded';
import { MailFrame } from '@/components/ui/mail-frame';
import { Skeleton } from '@/components/ui/skeleton';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import type { OutboxMailDetail } from '@/lib/api/types';
import { formatDateTime } from '@/lib/format';
import { useMail } from './queries';

const TABS = [
  { value: 'html', label: 'Mail' },
  { value: 'text', label: 'Text' },
  { value: 'headers', label: 'Headers' },
  { value: 'raw', label: 'Raw' },
];

/** One mail, as its reader and as its reader's mail server see it. */
export function MailView({ id, onBack }: { id: string; onBack(): void }) {
  const mail = useMail(id);
  return (
    <article className="min-w-0 rounded-lg border bg-surface">
      <Button look="quiet" size="sm" className="m-2 lg:hidden" onClick={onBack}>
        <ChevronLeft /> All mails
      </Button>
      <Loaded query={mail} loading={<Skeleton className="m-4 h-96" />}>
        {(loaded) => <OpenMail mail={loaded} />}
      </Loaded>
    </article>
  );
}

function OpenMail({ mail }: { mail: OutboxMailDetail }) {
  const [tab, setTab] = useState('html');
  const from = mail.headers.find(([name]) => name === 'From')?.[1];
  return (
    <>
      <header className="px-4 pt-4 pb-2">
        <h2 className="font-semibold text-lg">{mail.subject}</h2>
        <p className="mt-0.5 text-ink-3 text-xs">
          {from && <>{from} to </>}
          {mail.to} · {mail.sent_at && formatDateTime(mail.sent_at)}
        </p>
      </header>
      <Tabs label="Mail" tabs={TABS} value={tab} onValueChange={setTab}>
        <TabPanel value="html" className="p-2 outline-none">
          {mail.html ? (
            <MailFrame title={mail.subject} html={mail.html} className="h-[70dvh]" />
          ) : (
            <p className="p-4 text-ink-3">This mail has no HTML part.</p>
          )}
        </TabPanel>
        <TabPanel value="text" className="whitespace-pre-wrap p-4 text-sm outline-none">
          {mail.text}
        </TabPanel>
        <TabPanel value="headers" className="p-4 outline-none">
          <Facts facts={mail.headers} />
        </TabPanel>
        <TabPanel value="raw" className="p-4 outline-none">
          <Code label="Raw mail" text={mail.raw} />
        </TabPanel>
      </Tabs>
    </>
  );
}
