import Link from 'next/link';
import { formatNumber } from '@/lib/format';

/** One number with its name; with `href` it leads to the people behind it. */
export function Stat({ label, value, href }: { label: string; value: number | null | undefined; href?: string }) {
  const body = (
    <>
      <span className="block text-ink-3 text-xs">{label}</span>
      <span className="num block font-semibold text-lg">
        {value === null || value === undefined ? '–' : formatNumber(value)}
      </span>
    </>
  );
  return href ? (
    <Link href={href} className="block min-w-20 rounded-md hover:text-accent-ink">
      {body}
    </Link>
  ) : (
    <div className="min-w-20">{body}</div>
  );
}
