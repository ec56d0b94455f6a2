import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

interface Props {
  label: string;
  hint?: string;
  error?: string;
  children: ReactNode;
}

/** A label, a hint and what is wrong, around something that is no single control. */
export function Block({ label, hint, error, children }: Props) {
  return (
    <fieldset className="grid min-w-0 gap-1.5">
      <legend className="contents font-medium text-sm">{label}</legend>
      {children}
      {(error ?? hint) && (
        <p role={error ? 'alert' : undefined} className={cn('text-xs', error ? 'text-bad' : 'text-ink-3')}>
          {error ?? hint}
        </p>
      )}
    </fieldset>
  );
}
