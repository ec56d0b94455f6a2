'use client';

import { Ban, Mail, MailOpen } from 'lucide-react';
import { useState } from 'react';
import { StateBadge } from '@/components/state-badge';
import { Dialog } from '@/components/ui/dialog';
import { MailFrame } from '@/components/ui/mail-frame';
import type { Graph, SimulatedContact, SimulatedMail } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { formatDateTime, humanize } from '@/lib/format';
import { isTrigger, outletLabel, titleOf } from '@/lib/nodes';
import { placeAt } from '@/lib/simulation/replay';

interface Props {
  contact: SimulatedContact;
  graph: Graph;
  at: number;
  isOpen: boolean;
  onToggle(): void;
}

const moment = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** Somebody in a simulation; open, their path lights up on the canvas and is told step by step. */
export function Person({ contact, graph, at, isOpen, onToggle }: Props) {
  const here = graph.nodes.find(({ id }) => id === placeAt(contact, graph, at));
  const last = contact.passages.at(-1);
  const isOver = last?.ended_at && Date.parse(last.ended_at) <= at;
  return (
    <li className="rule-b">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className={cn(
          'flex w-full items-center gap-2 px-3 py-2 text-left text-sm outline-offset-[-2px] hover:bg-hover',
          isOpen && 'bg-accent-soft',
        )}
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{contact.name}</span>
          <span className="block truncate text-ink-3 text-xs">{here ? `At “${titleOf(here)}”` : contact.email}</span>
        </span>
        {isOver && <StateBadge state={last.state} />}
        {!last && <span className="text-warn text-xs">not let in</span>}
      </button>
      {isOpen && <Path contact={contact} graph={graph} at={at} />}
    </li>
  );
}

function Path({ contact: { passages, refused }, graph, at }: Pick<Props, 'contact' | 'graph' | 'at'>) {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const steps = passages.flatMap(({ path, mails }) =>
    path.map((step) => ({
      step,
      mail: mails.find(({ node_id, visit }) => node_id === step.node_id && visit === step.visit),
    })),
  );
  return (
    <ol aria-label="Path" className="grid gap-px border-t bg-sunken px-3 py-2 text-xs">
      {refused.map((reason) => (
        <li key={reason} className="text-warn">
          Not let in: {humanize(reason).toLowerCase()}
        </li>
      ))}
      {steps.map(({ step, mail }) => {
        const node = nodes.get(step.node_id);
        const label = node && outletLabel(node, step.outlet);
        // What let somebody in is said by the trigger's own name.
        const reason = step.reason && (!node || !isTrigger(node)) && humanize(step.reason);
        const isAhead = Date.parse(step.at) > at;
        return (
          <li
            key={`${step.node_id} ${step.at}`}
            className={cn('grid gap-1 border-l-2 py-1 pl-2', isAhead ? 'border-line' : 'border-accent')}
          >
            <span className="flex gap-2">
              <time dateTime={step.at} className="num w-30 shrink-0 whitespace-nowrap text-ink-3">
                {moment.format(new Date(step.at))}
              </time>
              <span className="min-w-0 flex-1">
                <span className={isAhead ? 'text-ink-3' : 'font-medium'}>{node ? titleOf(node) : step.node_id}</span>
                {label && <span className="text-ink-2"> → {label}</span>}
                {reason && <span className="block text-ink-3">{reason}</span>}
              </span>
            </span>
            {mail && <MailLine mail={mail} />}
          </li>
        );
      })}
    </ol>
  );
}

/** A mail of a simulation: it opens as it is rendered, or says why it is not sent. */
function MailLine({ mail }: { mail: SimulatedMail }) {
  const [isOpen, setIsOpen] = useState(false);
  if (mail.reason) {
    return (
      <p className="ml-34 flex items-center gap-1.5 text-warn">
        <Ban aria-hidden className="size-3.5" /> {humanize(mail.state)}: {humanize(mail.reason).toLowerCase()}
      </p>
    );
  }
  const Icon = mail.opened_at ? MailOpen : Mail;
  return (
    <>
      <button
        type="button"
        onClick={() => setIsOpen(true)}
        className="ml-34 flex items-center gap-1.5 rounded text-left text-accent-ink hover:underline pointer-coarse:min-h-8"
      >
        <Icon aria-hidden className="size-3.5 shrink-0" />
        <span className="truncate">{mail.subject ?? 'No subject'}</span>
      </button>
      <Dialog open={isOpen} onOpenChange={setIsOpen} title={mail.subject ?? 'No subject'} description={`To ${mail.to}`}>
        {mail.html ? (
          <MailFrame html={mail.html} title={mail.subject ?? 'Mail'} />
        ) : (
          <p className="whitespace-pre-wrap text-sm">
            {mail.text ?? 'What it looked like is not kept. Run the simulation again to see it.'}
          </p>
        )}
        <p className="mt-3 text-ink-3 text-xs">
          Would leave {formatDateTime(mail.at)}
          {mail.opened_at && `, opened ${formatDateTime(mail.opened_at)}`}
          {mail.clicked_at && `, clicked ${formatDateTime(mail.clicked_at)}`}.
        </p>
      </Dialog>
    </>
  );
}
