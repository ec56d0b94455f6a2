'use client';

import { formatAgo, formatDateTime } from '@/lib/format';
import { Tooltip } from './tooltip';

/** A moment as its distance from now; the exact time on hover. */
export function Ago({ at }: { at: string | null | undefined }) {
  if (!at) return <span className="text-ink-3">–</span>;
  return (
    <Tooltip text={formatDateTime(at)}>
      <time dateTime={at} className="num whitespace-nowrap">
        {formatAgo(at)}
      </time>
    </Tooltip>
  );
}
