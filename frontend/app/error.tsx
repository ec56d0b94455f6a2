'use client';

import { Failure } from '@/components/ui/failure';

export default function ErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <main>
      <Failure error={error} onRetry={reset} />
    </main>
  );
}
