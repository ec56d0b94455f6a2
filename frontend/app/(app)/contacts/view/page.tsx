import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ContactView } from '@/features/contacts/contact-view';

export const metadata: Metadata = { title: 'Contact' };

export default function ContactPage() {
  return (
    <Suspense>
      <ContactView />
    </Suspense>
  );
}
