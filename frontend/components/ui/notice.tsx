import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

const TONES = {
  info: 'bg-info-soft text-info',
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
};

/** A sentence that must not be missed, where it matters. */
export function Notice({
  tone,
  children,
  className,
}: {
  tone: keyof typeof TONES;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'note'}
      className={cn('rounded-md px-3 py-2 text-sm', TONES[tone], className)}
    >
      {children}
    </div>
  );
}
