import type { Metadata } from 'next';
import { Suspense } from 'react';
import { JourneyView } from '@/features/journeys/journey-view';

export const metadata: Metadata = { title: 'Journey' };

export default function JourneyPage() {
  return (
    <Suspense>
      <JourneyView />
    </Suspense>
  );
}
