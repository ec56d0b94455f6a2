'use client';

import { Mails } from 'lucide-react';
import Link from 'next/link';
import { LoadMore } from '@/components/load-more';
import { MESSAGE_STATES, MessageState } from '@/components/message-state';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
import { Page, PageBody } from '@/components/ui/page';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import type { Message } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { humanize, subjectForAll } from '@/lib/format';
import { useSearchState } from '@/lib/use-search-state';
import { useMessages } from './queries';

const WIDE = 'max-md:hidden';
const COLUMNS = [
  'To',
  'State',
  { name: 'Journey', className: WIDE },
  { name: 'By', className: WIDE },
  { name: 'Queued', className: WIDE },
  { name: 'Sent', className: WIDE },
];

/** The ledger of every send: nothing is sent twice, and nothing is left out in silence. */
export function MessageList() {
  const [state, setState] = useSearchState('state');
  const messages = useMessages({ state });
  return (
    <Page title="Messages" about="Every mail that a journey meant to send, and what became of it.">
      <PageBody className="grid content-start gap-3">
        <Select aria-label="State" className="w-44" value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">In any state</option>
          {MESSAGE_STATES.map((name) => (
            <option key={name} value={name}>
              {humanize(name)}
            </option>
          ))}
        </Select>
        {state === 'unknown' && <UnknownExplained />}
        <Loaded query={messages} empty={<NoMessages state={state} />}>
          {(rows) => (
            <>
              <Table label="Messages">
                <TableHead columns={COLUMNS} />
                <tbody>
                  {rows.map((message) => (
                    <MessageRow key={message.id} message={message} />
                  ))}
                </tbody>
              </Table>
              <LoadMore pages={messages} />
            </>
          )}
        </Loaded>
      </PageBody>
    </Page>
  );
}

function MessageRow({ message }: { message: Message }) {
  const { contact_id, enrollment_id, to, subject, journey_name, provider, queued_at, sent_at } = message;
  const person = `/contacts/view?id=${contact_id}${enrollment_id ? `&enrollment=${enrollment_id}` : ''}`;
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <Link href={person} className="block truncate font-medium fills-row">
          {to ?? 'No address'}
        </Link>
        {subject && <span className="block truncate text-ink-3 text-xs">{subjectForAll(subject)}</span>}
      </Cell>
      <Cell className="min-w-36">
        <Fate message={message} />
      </Cell>
      <Cell className={cn(WIDE, 'max-w-52 truncate text-ink-2')}>{journey_name ?? '–'}</Cell>
      <Cell className={cn(WIDE, 'text-ink-2')}>{provider ?? '–'}</Cell>
      <Cell className={cn(WIDE, 'text-ink-2')}>
        <Ago at={queued_at} />
      </Cell>
      <Cell className={cn(WIDE, 'text-ink-2')}>
        <Ago at={sent_at} />
      </Cell>
    </Row>
  );
}

/** What became of a mail, and why. */
const Fate = ({ message: { state, reason, due_at } }: { message: Message }) => (
  <>
    <MessageState state={state} />
    {reason && <span className="mt-0.5 block text-ink-2 text-xs">{humanize(reason)}</span>}
    {state === 'deferred' && due_at && (
      <span className="block text-ink-3 text-xs">
        tried again <Ago at={due_at} />
      </span>
    )}
  </>
);

const UnknownExplained = () => (
  <Notice tone="warn">
    The connection broke after the mail was handed over and before the server answered. It may have been sent; it is
    never sent again by itself, so that nobody gets it twice.
  </Notice>
);

function NoMessages({ state }: { state: string }) {
  return state ? (
    <EmptyState icon={Mails} title={`None is ${humanize(state).toLowerCase()}`}>
      {state === 'unknown' ? 'The fate of every mail is known.' : 'No message is in this state now.'}
    </EmptyState>
  ) : (
    <EmptyState icon={Mails} title="No messages yet">
      As soon as a journey sends its first mail, it is listed here with its state and the reason whenever it was not
      sent.
    </EmptyState>
  );
}
