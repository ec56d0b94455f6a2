'use client';

import { CircleCheck, CircleX, UserRoundSearch } from 'lucide-react';
import { useState } from 'react';
import { ContactPicker } from '@/components/contact-picker';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import type { Contact, Segment, Verdict } from '@/lib/api/types';
import { nameOf } from '@/lib/format';
import { useVerdict } from './queries';

/** Whether one person is in, clause by clause. */
export function Explain({ segment }: { segment: Segment }) {
  const [contact, setContact] = useState<Contact | null>(null);
  const verdict = useVerdict(segment.id, contact?.id);
  return (
    <div className="grid max-w-2xl gap-5">
      <ContactPicker label="Person" value={contact} onChange={setContact} />
      {!contact && (
        <EmptyState icon={UserRoundSearch} title="Is somebody in, and why?">
          Choose a person to see which of the conditions hold for them now.
        </EmptyState>
      )}
      {contact && (
        <Loaded query={verdict} loading={<Skeleton className="h-24" />}>
          {(said) => (
            <div className="grid gap-3">
              <p role="status" className="font-semibold text-lg">
                {nameOf(contact)} {said.matched ? 'is in, because' : 'is not in, because'}
              </p>
              <ul className="rounded-lg border bg-surface p-4">
                <Clause verdict={said} />
              </ul>
            </div>
          )}
        </Loaded>
      )}
    </div>
  );
}

function Clause({ verdict: { matched, why, parts } }: { verdict: Verdict }) {
  const Icon = matched ? CircleCheck : CircleX;
  return (
    <li className="py-1">
      <span className="flex gap-2">
        <Icon
          aria-label={matched ? 'Holds' : 'Does not hold'}
          className={`mt-0.5 size-4 shrink-0 ${matched ? 'text-ok' : 'text-bad'}`}
        />
        <span className="min-w-0 break-words">{why}</span>
      </span>
      {parts.length > 0 && (
        <ul className="mt-1 ml-2 border-l pl-4">
          {parts.map((part) => (
            <Clause key={part.path} verdict={part} />
          ))}
        </ul>
      )}
    </li>
  );
}
