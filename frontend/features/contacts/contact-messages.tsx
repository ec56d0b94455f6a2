import { Mail } from 'lucide-react';
import { MessageState } from '@/components/message-state';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Ago } from '@/components/ui/time';
import type { Message } from '@/lib/api/types';
import { humanize, subjectForAll } from '@/lib/format';

/** Every message we meant to send to the person, and what became of it. */
export function ContactMessages({ messages }: { messages: Message[] }) {
  if (messages.length === 0) {
    return (
      <EmptyState icon={Mail} title="No messages yet">
        Each mail meant for this person is listed here, sent or not, with the reason.
      </EmptyState>
    );
  }
  return (
    <Card flush>
      <ul>
        {messages.map(({ id, subject, to, state, reason, queued_at, due_at }) => (
          <li key={id} className="rule-b flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
            <span className="min-w-0 truncate font-medium">{subject ? subjectForAll(subject) : (to ?? 'Message')}</span>
            <MessageState state={state} />
            {reason && <span className="text-ink-3 text-xs">{humanize(reason)}</span>}
            {state === 'deferred' && due_at && (
              <span className="text-ink-3 text-xs">
                tried again <Ago at={due_at} />
              </span>
            )}
            <span className="ml-auto text-ink-3 text-xs">
              <Ago at={queued_at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
