'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';
import type { Contact } from '@/lib/api/types';
import { nameOf } from '@/lib/format';
import { toast } from '@/lib/toast';
import { JourneyChoice } from './journey-choice';
import { useContactActions } from './queries';

/** Lets one person into a journey by hand. */
export function EnrollDialog({ contact, onClose }: { contact: Contact; onClose(): void }) {
  const [journeyId, setJourneyId] = useState('');
  const { enroll } = useContactActions(contact.id);
  const name = nameOf(contact);
  const submit = () =>
    enroll.mutate(journeyId, {
      onSuccess: ({ entered }) => {
        if (!entered) return;
        toast.success(`${name} has entered`);
        onClose();
      },
    });
  const wasRefused = enroll.data?.entered === 0;
  return (
    <Dialog open onOpenChange={onClose} title={`Enroll ${name}`} description="They begin at the journey’s first step.">
      <div className="grid gap-4">
        <JourneyChoice value={journeyId} onChange={setJourneyId} />
        {enroll.error && <Notice tone="bad">{enroll.error.message}</Notice>}
        {wasRefused && (
          <Notice tone="warn">
            The journey did not let them in: its rule for coming again says no.{' '}
            <Link href={`/journeys/view?id=${journeyId}&tab=settings`} className="underline">
              Look at the rule
            </Link>
          </Notice>
        )}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!journeyId} busy={enroll.isPending} onClick={submit}>
            Enroll
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
