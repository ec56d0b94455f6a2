import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Segments } from '@/features/segments/segments';

export const metadata: Metadata = { title: 'Segments' };

export default function SegmentsPage() {
  return (
    <Suspense>
      <Segments />
    </Suspense>
  );
}
