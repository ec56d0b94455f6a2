'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { RuleBuilder } from '@/features/rules/rule-builder';
import { RuleMatches } from '@/features/rules/rule-matches';
import type { Rule } from '@/lib/api/types';
import { isUnfinished } from '@/lib/rules/tree';

interface RuleProps {
  rule: Rule | null;
  onPick(rule: Rule | null): void;
  onClose(): void;
}

/** A rule to narrow the list by, with how many it finds. */
export function RuleDialog({ rule, onPick, onClose }: RuleProps) {
  const [draft, setDraft] = useState<Rule | null>(rule);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Filter"
      description="Shows everyone for whom this holds now."
      className="sm:w-[min(760px,calc(100vw-24px))]"
    >
      <div className="grid gap-4">
        <RuleBuilder value={draft} onChange={setDraft} />
        {draft && <RuleMatches rule={draft} />}
      </div>
      <DialogActions>
        {rule && <Button onClick={() => onPick(null)}>Remove filter</Button>}
        <Button look="primary" disabled={!draft || isUnfinished(draft)} onClick={() => onPick(draft)}>
          Show them
        </Button>
      </DialogActions>
    </Dialog>
  );
}
