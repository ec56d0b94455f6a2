'use client';

import { useQuery } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { SuggestInput } from '@/components/ui/suggest-input';
import { api } from '@/lib/api/client';
import type { Contact, Page, Rule } from '@/lib/api/types';
import { useDebounced } from '@/lib/use-debounced';

interface Verdict {
  matched: boolean;
  path: string;
  why: string;
  parts: Verdict[];
}

/** Whether somebody matches a rule, and why, clause by clause. */
export function RuleCheck({ rule }: { rule: Rule }) {
  const [text, setText] = useState('');
  const q = useDebounced(text.trim());
  const people = useQuery({
    queryKey: ['/api/contacts', 'to check', q],
    queryFn: () => api.get<Page<Contact>>('/api/contacts', { query: { q, limit: 8 } }),
    select: ({ items }) => items,
    enabled: q !== '',
    placeholderData: (before) => before,
  });
  const found = people.data?.find(({ email, external_id }) => email === q || external_id === q);
  const verdict = useQuery({
    queryKey: ['/api/segments', 'explain', rule, found?.id],
    queryFn: () => api.post<Verdict>('/api/segments/explain', { rule, contact_id: found?.id }),
    enabled: !!found,
    retry: false,
  });
  return (
    <details className="group text-xs">
      <summary className="w-max cursor-pointer text-ink-2 hover:text-ink">Does somebody match, and why?</summary>
      <div className="mt-2 grid gap-2">
        <SuggestInput
          aria-label="Email or id of somebody"
          placeholder="Email or id"
          value={text}
          options={(people.data ?? []).flatMap(({ email, external_id }) => email ?? external_id ?? [])}
          onChange={setText}
        />
        {verdict.data && <Part verdict={verdict.data} />}
        {verdict.error && <p className="text-bad">{verdict.error.message}</p>}
      </div>
    </details>
  );
}

function Part({ verdict: { matched, why, parts } }: { verdict: Verdict }) {
  return (
    <div>
      <p className={`flex gap-1.5 ${matched ? 'text-ok' : 'text-bad'}`}>
        {matched ? (
          <Check aria-label="Yes" className="size-4 shrink-0" />
        ) : (
          <X aria-label="No" className="size-4 shrink-0" />
        )}
        <span>{why}</span>
      </p>
      {parts.length > 0 && (
        <div className="mt-1 ml-2 grid gap-1 border-l pl-3">
          {parts.map((part) => (
            <Part key={part.path} verdict={part} />
          ))}
        </div>
      )}
    </div>
  );
}
