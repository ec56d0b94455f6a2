import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

interface Props {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Lists and tables run to the card's edge. */
  flush?: boolean;
}

/** One subject inside a page. */
export function Card({ title, description, actions, children, className, flush }: Props) {
  return (
    <section className={cn('min-w-0 rounded-lg border bg-surface', className)}>
      {title && (
        <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-2 border-b px-4 py-2">
          <div className="min-w-0 flex-1 basis-44">
            <h2 className="font-semibold text-base">{title}</h2>
            {description && <p className="text-ink-3 text-xs">{description}</p>}
          </div>
          {actions}
        </header>
      )}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  );
}
