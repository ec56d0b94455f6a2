import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';

interface Props {
  title: ReactNode;
  /** A line under the title: what this is, or its state. */
  about?: ReactNode;
  actions?: ReactNode;
  back?: { href: string; label: string };
  children: ReactNode;
}

/** The frame of every page: where we are, what can be done, and the content. */
export function Page({ title, about, actions, back, children }: Props) {
  return (
    <div className="flex min-h-full flex-col">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 pt-5 pb-4 sm:px-6">
        <div className="min-w-0 flex-1 basis-40">
          {back && (
            <Link
              href={back.href}
              className="-ml-1 mb-1 inline-flex items-center gap-0.5 rounded text-ink-3 text-xs hover:text-ink"
            >
              <ChevronLeft aria-hidden className="size-3.5" />
              {back.label}
            </Link>
          )}
          <h1 className="truncate font-semibold text-xl">{title}</h1>
          {about && <div className="mt-1 text-ink-2 text-sm">{about}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function PageBody({ children, className = '' }: { children: ReactNode; className?: string }) {
  return <div className={`flex-1 px-4 pb-8 sm:px-6 ${className}`}>{children}</div>;
}
