'use client';

import dynamic from 'next/dynamic';
import { Skeleton } from '@/components/ui/skeleton';

/** What a page of journeys does not show at once is loaded when it is asked for. */
export const PublishDialog = dynamic(() => import('./publish-dialog').then((module) => module.PublishDialog), {
  ssr: false,
});

export const People = dynamic(() => import('./people').then((module) => module.People), {
  ssr: false,
  loading: () => <Skeleton className="h-40" />,
});

export const JourneySettings = dynamic(() => import('./journey-settings').then((module) => module.JourneySettings), {
  ssr: false,
  loading: () => <Skeleton className="h-40" />,
});

export const Versions = dynamic(() => import('./versions').then((module) => module.Versions), {
  ssr: false,
  loading: () => <Skeleton className="h-40" />,
});
