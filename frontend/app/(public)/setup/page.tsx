import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Setup } from '@/features/auth/setup';

export const metadata: Metadata = { title: 'Set up' };

export default function SetupPage() {
  return (
    <Suspense>
      <Setup />
    </Suspense>
  );
}
