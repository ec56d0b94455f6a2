import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Outbox } from '@/features/messages/outbox';

export const metadata: Metadata = { title: 'Outbox' };

export default function OutboxPage() {
  return (
    <Suspense>
      <Outbox />
    </Suspense>
  );
}
