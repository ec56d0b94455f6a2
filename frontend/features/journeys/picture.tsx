'use client';

import { List, Map as MapIcon } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import type { Graph } from '@/lib/api/types';
import { PHONE, useMedia } from '@/lib/use-media';
import { StepList } from './step-list';

const GraphCanvas = dynamic(() => import('./graph-canvas'), {
  ssr: false,
  loading: () => <Skeleton className="h-full rounded-none" />,
});

/** The journey as a map, or as a list of steps; a phone begins with the list. */
export function Picture({ journeyId, graph }: { journeyId: string; graph: Graph }) {
  const isPhone = useMedia(PHONE);
  const [chosen, setChosen] = useState<'map' | 'list' | null>(null);
  const face = chosen ?? (isPhone ? 'list' : 'map');
  const other = face === 'map' ? 'list' : 'map';
  return (
    <div className="relative flex flex-1 flex-col bg-sunken">
      <Button size="sm" className="absolute top-3 right-3 z-10" onClick={() => setChosen(other)}>
        {other === 'map' ? <MapIcon /> : <List />}
        {other === 'map' ? 'Map' : 'List'}
      </Button>
      {face === 'map' ? (
        <div className="min-h-[60dvh] flex-1 [&>div]:absolute! [&>div]:inset-0">
          <GraphCanvas journeyId={journeyId} graph={graph} />
        </div>
      ) : (
        <div className="mx-auto w-full max-w-2xl pt-10">
          <StepList journeyId={journeyId} graph={graph} />
        </div>
      )}
    </div>
  );
}
