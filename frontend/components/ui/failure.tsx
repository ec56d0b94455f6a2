'use client';

import { CircleAlert } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useEffectEvent } from 'react';
import { api } from '@/lib/api/client';
import { Problem } from '@/lib/api/problem';
import { Button } from './button';

const ASK_AGAIN_MS = 3_000;

/** Goes on as soon as a server that is away answers again. */
function useReturn(isAway: boolean, goOn: (() => void) | undefined): void {
  const returned = useEffectEvent(() => goOn?.());
  useEffect(() => {
    if (!isAway) return;
    const ask = () => void api.get('/healthz').then(returned, () => undefined);
    const timer = setInterval(ask, ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isAway]);
}

/** What went wrong in the server's own words, and a way on: to try again, or back to the list where a thing is gone. */
export function Failure({ error, onRetry }: { error: Error; onRetry?(): void }) {
  const problem = error instanceof Problem ? error : null;
  const isAway = problem?.status === 0;
  useReturn(isAway, onRetry);
  const section = usePathname().split('/')[1];
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center px-6 py-14 text-center">
      <CircleAlert aria-hidden className="mb-3 size-6 text-bad" />
      <h2 className="font-semibold text-lg">{problem?.title ?? 'This could not be shown'}</h2>
      <p className="mt-1 text-balance text-ink-2 text-sm">{problem ? problem.detail : error.message}</p>
      {isAway && onRetry && <p className="mt-1 text-ink-2 text-sm">This page goes on by itself once it answers.</p>}
      {problem?.status === 404 ? (
        <Button asChild className="mt-5">
          <Link href={`/${section}`}>Back to {section}</Link>
        </Button>
      ) : (
        onRetry && (
          <Button className="mt-5" onClick={onRetry}>
            Try again
          </Button>
        )
      )}
    </div>
  );
}
