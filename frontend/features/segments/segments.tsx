'use client';

import { Loaded } from '@/components/ui/loaded';
import { useSearchState } from '@/lib/use-search-state';
import { useSegment } from './queries';
import { NewSegmentView, SavedSegmentView } from './segment-editor';
import { SegmentList } from './segment-list';

/** The list, or the one that the address names. */
export function Segments() {
  const [id] = useSearchState('id');
  if (!id) return <SegmentList />;
  if (id === 'new') return <NewSegmentView />;
  return <SavedSegment id={id} />;
}

function SavedSegment({ id }: { id: string }) {
  const segment = useSegment(id);
  return <Loaded query={segment}>{(loaded) => <SavedSegmentView key={loaded.id} segment={loaded} />}</Loaded>;
}
