import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Forms } from '@/features/forms/forms';

export const metadata: Metadata = { title: 'Forms' };

export default function FormsPage() {
  return (
    <Suspense>
      <Forms />
    </Suspense>
  );
}
