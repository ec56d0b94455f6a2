import type { Metadata } from 'next';
import { Suspense } from 'react';
import { NewJourney } from '@/features/journeys/new-journey';

export const metadata: Metadata = { title: 'New journey' };

export default function NewJourneyPage() {
  return (
    <Suspense>
      <NewJourney />
    </Suspense>
  );
}
