'use client';

import { useState } from 'react';
import { Choices } from '@/components/ui/choices';
import { Confirm } from '@/components/ui/confirm';
import { useJourneyActions } from './queries';

const WAITS = [
  {
    value: 'shift',
    label: 'Shift the waits',
    about: 'Everyone waits as long as they still had to when it was paused.',
  },
  { value: 'keep', label: 'Keep the clocks', about: 'Whatever fell due meanwhile happens now.' },
  { value: 'skip_overdue', label: 'Skip what is overdue', about: 'Messages that fell due meanwhile are not sent.' },
];

/** Resuming asks what becomes of the time that passed. */
export function ResumeDialog({ id, name, onClose }: { id: string; name: string; onClose(): void }) {
  const { resume } = useJourneyActions(id);
  const [waits, setWaits] = useState('shift');
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={`Resume “${name}”`}
      description="What about the time that passed while it was paused?"
      action="Resume"
      onConfirm={() => resume.mutateAsync(waits)}
    >
      <Choices label="Waits" choices={WAITS} value={waits} onChange={setWaits} />
    </Confirm>
  );
}
