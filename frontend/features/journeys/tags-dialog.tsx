'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ChipsInput } from '@/components/ui/chips-input';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import type { JourneyRow } from '@/lib/api/types';
import { useJourneyActions } from './queries';

/** Words to find journeys by. */
export function TagsDialog({
  journey,
  onClose,
}: {
  journey: Pick<JourneyRow, 'id' | 'name' | 'tags'>;
  onClose(): void;
}) {
  const [tags, setTags] = useState(journey.tags);
  const { retag } = useJourneyActions(journey.id);
  return (
    <Dialog open onOpenChange={onClose} title={`Tags of “${journey.name}”`} description="Enter or a comma adds one.">
      <ChipsInput aria-label="Tags" values={tags} onChange={setTags} placeholder="Such as retention" />
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" busy={retag.isPending} onClick={() => retag.mutate(tags, { onSuccess: onClose })}>
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
}
