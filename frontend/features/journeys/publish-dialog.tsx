'use client';

import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Choices } from '@/components/ui/choices';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import { Problems } from './problems';
import { useJourneyActions, useValidation } from './queries';

const IN_FLIGHT = [
  { value: 'finish', label: 'Finish as they began', about: 'People inside stay on the version they entered.' },
  { value: 'exit', label: 'Leave', about: 'People inside leave the journey now.' },
];

interface Props {
  id: string;
  name: string;
  /** There is a version already, with people who may be inside. */
  isLive: boolean;
  onClose(): void;
  onPublished?(): void;
}

/** Checks the draft, says what is wrong with it, and makes it the live version. */
export function PublishDialog({ id, name, isLive, onClose, onPublished }: Props) {
  const validation = useValidation(id, true);
  const { publish } = useJourneyActions(id);
  const [inFlight, setInFlight] = useState('finish');
  const submit = () =>
    publish.mutate(inFlight, {
      onSuccess: ({ version }) => {
        toast.success(`${name} is live`, { description: `Version ${version} takes people in from now on.` });
        onClose();
        onPublished?.();
      },
    });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Publish “${name}”`}
      description="A published version is never edited: whoever enters walks it to its end."
    >
      <Loaded query={validation} loading={<Skeleton className="h-16" />}>
        {(checked) => (
          <div className="grid gap-4">
            <Problems validation={checked} />
            {isLive && <Choices label="People inside" choices={IN_FLIGHT} value={inFlight} onChange={setInFlight} />}
            <DialogActions>
              <Button onClick={onClose}>Cancel</Button>
              <Button look="primary" busy={publish.isPending} disabled={!checked.valid} onClick={submit}>
                Publish
              </Button>
            </DialogActions>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
