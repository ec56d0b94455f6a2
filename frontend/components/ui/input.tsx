import { ChevronDown, Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

const BOX =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink transition-colors duration-100 placeholder:text-ink-3 hover:border-ink-3 focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-bad pointer-coarse:text-lg';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(BOX, 'h-8 pointer-coarse:h-11', className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(BOX, 'min-h-20 py-1.5', className)} {...props} />;
}

/** Source text: monospace, no wrapping, no help from the browser. */
export function CodeArea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      wrap="off"
      className={cn(BOX, 'min-h-40 resize-y py-2 font-mono text-xs leading-5 pointer-coarse:text-sm', className)}
      {...props}
    />
  );
}

/** The system's own list: the best one there is on a phone, and the keyboard knows it. */
export function Select({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative block', className)}>
      <select className={cn(BOX, 'h-8 appearance-none pr-8 pointer-coarse:h-11')} {...props}>
        {children}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 size-4 -translate-y-1/2 text-ink-3"
      />
    </span>
  );
}

export function SearchInput({ className, ...props }: ComponentProps<'input'> & { 'aria-label': string }) {
  return (
    <span className={cn('relative block', className)}>
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3"
      />
      <Input type="search" className="pl-8" {...props} />
    </span>
  );
}
