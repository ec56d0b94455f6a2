'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ChipsInput } from '@/components/ui/chips-input';
import { Choices } from '@/components/ui/choices';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';
import { BulkProgress } from './bulk-progress';
import { type Action, type Audience, useBulk } from './bulk-queries';
import { JourneyChoice } from './journey-choice';

export type BulkKind = Action['type'];

const TITLES: Record<BulkKind, { title: string; action: string; about: string }> = {
  tag: { title: 'Tag', action: 'Change tags', about: 'Segments and journeys that look at tags follow at once.' },
  enroll: { title: 'Enroll', action: 'Enroll', about: 'They enter as the journey’s rule for coming again allows.' },
  suppress: { title: 'Suppress', action: 'Suppress', about: 'Their addresses get no such mail any more.' },
  export: { title: 'Export', action: 'Export', about: 'A CSV file with every field, tag and attribute.' },
};

const SCOPES = [
  { value: 'marketing', label: 'No marketing', about: 'Receipts, passwords and the like still go out.' },
  { value: 'all', label: 'Nothing at all', about: 'No mail of any kind, whatever a journey says.' },
];

/** What is asked before an action, as far as it needs to know something; null while it knows too little. */
function useAction(kind: BulkKind) {
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const [journeyId, setJourneyId] = useState('');
  const [scope, setScope] = useState<'all' | 'marketing'>('marketing');
  const actions: Record<BulkKind, Action | null> = {
    tag: add.length + remove.length > 0 ? { type: 'tag', add, remove } : null,
    enroll: journeyId ? { type: 'enroll', journey_id: journeyId } : null,
    suppress: { type: 'suppress', scope },
    export: { type: 'export' },
  };
  const fields: Record<BulkKind, React.ReactNode> = {
    tag: (
      <div className="grid gap-4">
        <div className="grid gap-1.5">
          <span className="font-medium">Give</span>
          <ChipsInput aria-label="Tags to give" values={add} onChange={setAdd} placeholder="Enter adds a tag" />
        </div>
        <div className="grid gap-1.5">
          <span className="font-medium">Take away</span>
          <ChipsInput
            aria-label="Tags to take away"
            values={remove}
            onChange={setRemove}
            placeholder="Enter adds a tag"
          />
        </div>
      </div>
    ),
    enroll: <JourneyChoice value={journeyId} onChange={setJourneyId} />,
    suppress: (
      <Choices
        label="What they no longer get"
        choices={SCOPES}
        value={scope}
        onChange={(value) => setScope(value as typeof scope)}
      />
    ),
    export: null,
  };
  return { action: actions[kind], field: fields[kind] };
}

interface Props {
  kind: BulkKind;
  who: string;
  audience: Audience;
  onClose(): void;
}

/** One action for many: what it needs, then how far it is. It goes on when the dialog is closed. */
export function BulkDialog({ kind, who, audience, onClose }: Props) {
  const { title, action: verb, about } = TITLES[kind];
  const { action, field } = useAction(kind);
  const start = useBulk();
  return (
    <Dialog open onOpenChange={onClose} title={`${title} ${who}`} description={about}>
      {start.data ? (
        <BulkProgress job={start.data} onClose={onClose} />
      ) : (
        <div className="grid gap-4">
          {field}
          {start.error && <Notice tone="bad">{start.error.message}</Notice>}
          <DialogActions>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              look={kind === 'suppress' ? 'danger' : 'primary'}
              disabled={!action}
              busy={start.isPending}
              onClick={() => action && start.mutate({ audience, action })}
            >
              {verb}
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}
