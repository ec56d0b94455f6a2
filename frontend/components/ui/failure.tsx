'use client';

import { CircleAlert } from 'lucide-react';
import { Problem } from '@/lib/api/problem';
import { Button } from './button';

/** What went wrong in the server's own words, and a way to try again. */
export function Failure({ error, onRetry }: { error: Error; onRetry?(): void }) {
  const problem = error instanceof Problem ? error : null;
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center">
      <CircleAlert aria-hidden className="mb-3 size-6 text-bad" />
      <h2 className="font-semibold text-lg">{problem?.title ?? 'This could not be shown'}</h2>
      <p className="mt-1 text-balance text-ink-2 text-sm">{problem ? problem.detail : error.message}</p>
      {onRetry && (
        <Button className="mt-5" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
