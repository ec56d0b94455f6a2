import type { ReactNode } from 'react';

/** Names and their values, one to a line. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="rule-b grid grid-cols-[minmax(72px,1fr)_2.6fr] gap-3 py-2 first:pt-0 last:pb-0">
          <dt className="truncate text-ink-3">{name}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
