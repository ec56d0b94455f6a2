import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MessageList } from '@/features/messages/message-list';

export const metadata: Metadata = { title: 'Messages' };

export default function MessagesPage() {
  return (
    <Suspense>
      <MessageList />
    </Suspense>
  );
}
