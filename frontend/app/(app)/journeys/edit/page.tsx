import type { Metadata } from 'next';
import { Suspense } from 'react';
import { EditJourney } from './edit-journey';

export const metadata: Metadata = { title: 'Edit journey' };

export default function EditJourneyPage() {
  return (
    <Suspense>
      <EditJourney />
    </Suspense>
  );
}
