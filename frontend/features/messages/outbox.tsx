'use client';

import { Inbox } from 'lucide-react';
import { LoadMore } from '@/components/load-more';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { Ago } from '@/components/ui/time';
import type { OutboxMail } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { PHONE, useMedia } from '@/lib/use-media';
import { useSearchState } from '@/lib/use-search-state';
import { MailView } from './mail-view';
import { useOutbox } from './queries';

/** The built-in outbox: what would have gone out, kept here to be read. */
export function Outbox() {
  const mails = useOutbox();
  const [chosen, choose] = useSearchState('id');
  const isPhone = useMedia(PHONE);
  return (
    <Page title="Outbox" about="Mails of the built-in outbox. They are kept here and reach nobody.">
      <PageBody>
        <Loaded query={mails} empty={<NoMail />}>
          {(items) => {
            const open = chosen || (isPhone ? '' : (items[0]?.id ?? ''));
            return (
              <div className="grid items-start gap-4 lg:grid-cols-[320px_minmax(0,1fr)]">
                <div
                  className={cn(
                    'lg:sticky lg:top-4 lg:max-h-[calc(100dvh-32px)] lg:overflow-y-auto',
                    open && 'max-lg:hidden',
                  )}
                >
                  <ul aria-label="Mails" className="rounded-lg border bg-surface">
                    {items.map((mail) => (
                      <MailLine key={mail.id} mail={mail} isOpen={mail.id === open} onOpen={() => choose(mail.id)} />
                    ))}
                  </ul>
                  <LoadMore pages={mails} />
                </div>
                {open && <MailView id={open} onBack={() => choose('')} />}
              </div>
            );
          }}
        </Loaded>
      </PageBody>
    </Page>
  );
}

function MailLine({
  mail: { to, subject, sent_at },
  isOpen,
  onOpen,
}: {
  mail: OutboxMail;
  isOpen: boolean;
  onOpen(): void;
}) {
  return (
    <li className="rule-b">
      <button
        type="button"
        aria-current={isOpen || undefined}
        onClick={onOpen}
        className={cn(
          'block w-full px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-hover',
          isOpen && 'bg-accent-soft',
        )}
      >
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate font-medium text-sm">{to}</span>
          <span className="text-ink-3 text-xs">
            <Ago at={sent_at} />
          </span>
        </span>
        <span className="block truncate text-ink-2 text-sm">{subject}</span>
      </button>
    </li>
  );
}

const NoMail = () => (
  <EmptyState icon={Inbox} title="No mail yet">
    Until you connect a mail server, each mail that a journey sends is kept here, rendered as the person would see it.
  </EmptyState>
);
