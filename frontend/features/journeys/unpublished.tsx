'use client';

import { useMemo } from 'react';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import { count } from '@/lib/format';
import { countChanges } from '@/lib/graph/diff';
import { useJourney, useVersion } from './queries';

/** How many changes of the draft nobody walks yet: none before the first version. */
export function useUnpublished(id: string): number {
  const { data: draft } = useJourney(id);
  const { data: live } = useVersion(id, draft?.has_unpublished_changes ? draft.version : null);
  return useMemo(() => (draft?.has_unpublished_changes && live ? countChanges(live, draft) : 0), [draft, live]);
}

/** That number, leading to what the changes are. */
export function Unpublished({ id, onShow }: { id: string; onShow(): void }) {
  const changes = useUnpublished(id);
  if (changes === 0) return null;
  return (
    <Tooltip text="See them, and publish">
      <Button size="sm" look="quiet" className="text-warn max-lg:hidden" onClick={onShow}>
        <span className="num">{count(changes, 'unpublished change')}</span>
      </Button>
    </Tooltip>
  );
}
