'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** The front door leads to the journeys; whoever is not signed in is shown the way from there. */
export default function Home() {
  const router = useRouter();
  useEffect(() => router.replace('/journeys'), [router]);
  return null;
}
