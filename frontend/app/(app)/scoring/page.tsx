import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Scoring } from '@/features/scoring/scoring';

export const metadata: Metadata = { title: 'Scoring' };

export default function ScoringPage() {
  return (
    <Suspense>
      <Scoring />
    </Suspense>
  );
}
