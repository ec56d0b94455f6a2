'use client';

import { Failure } from '@/components/ui/failure';

/** A page that threw: the shell stays, so that one can go elsewhere. */
export default function AppErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  return <Failure error={error} onRetry={reset} />;
}
