import Link from 'next/link';
import { Skeleton } from '@/components/ui/skeleton';
import type { SegmentPreview } from '@/lib/api/types';
import { formatNumber, nameOf } from '@/lib/format';

/** How many match now, and a few of them to see whether the rule means what was meant. */
export function RulePreview({ preview, isReady }: { preview?: SegmentPreview; isReady: boolean }) {
  return (
    <section aria-label="Matches" className="rounded-lg border bg-surface lg:sticky lg:top-4">
      <div className="px-4 py-4">
        <p className="text-ink-3 text-xs">People who match now</p>
        {preview ? (
          <p role="status" className="num font-semibold text-2xl">
            {formatNumber(preview.count)}
          </p>
        ) : isReady ? (
          <Skeleton className="mt-1 h-7 w-24" />
        ) : (
          <p className="mt-1 text-ink-2 text-sm">Their number stands here once a condition is complete.</p>
        )}
      </div>
      <ul>
        {preview?.sample.map((contact) => (
          <li key={contact.id} className="border-t px-4 py-2">
            <Link
              href={`/contacts/view?id=${contact.id}`}
              className="block truncate font-medium text-sm hover:underline"
            >
              {nameOf(contact)}
            </Link>
            <span className="block truncate text-ink-3 text-xs">{contact.email}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
