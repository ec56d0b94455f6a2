'use client';

import Link from 'next/link';
import type { Rule } from '@/lib/api/types';
import { count, nameOf } from '@/lib/format';
import { asksOfEntry, isUnfinished } from '@/lib/rules/tree';
import { useDebounced } from '@/lib/use-debounced';
import { useRulePreview } from './queries';
import { RuleCheck } from './rule-check';

const SHOWN = 3;

/** How many people match a rule now, and who some of them are. */
export function RuleMatches({ rule }: { rule: Rule | null | undefined }) {
  const asked = useDebounced(rule ?? null, 400);
  const isOfEntry = asked !== null && asksOfEntry(asked);
  const preview = useRulePreview(asked && !isOfEntry && !isUnfinished(asked) ? asked : null);
  if (isOfEntry) {
    return <p className="text-ink-3 text-xs">Who matches depends on the event that each person enters with.</p>;
  }
  if (preview.error) return <p className="text-bad text-xs">{preview.error.message}</p>;
  if (!preview.data) return <p className="text-ink-3 text-xs">Finish the conditions to see how many people match.</p>;
  const { count: matching, sample } = preview.data;
  return (
    <div className="grid gap-2">
      <p role="status" className="text-ink-2 text-xs">
        <span className="num font-medium text-ink">{count(matching, 'person matches', 'people match')}</span> now
        {sample.slice(0, SHOWN).map((contact, index) => (
          <span key={contact.id}>
            {index === 0 ? ', such as ' : ', '}
            <Link href={`/contacts/view?id=${contact.id}`} className="hover:underline">
              {nameOf(contact)}
            </Link>
          </span>
        ))}
      </p>
      {asked && <RuleCheck rule={asked} />}
    </div>
  );
}
