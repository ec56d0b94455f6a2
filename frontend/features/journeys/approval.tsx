'use client';

import { CircleCheck, CircleDashed } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Ago } from '@/components/ui/time';
import type { Approvals } from '@/lib/api/types';
import { useMe } from '@/lib/auth';
import { count } from '@/lib/format';
import { useApproval } from './queries';

/** How many others still have to agree before this person may publish. */
export const missingApprovals = ({ needed, approvals }: Approvals, me: string): number =>
  Math.max(0, needed - approvals.filter(({ approver_id }) => approver_id !== me).length);

/** Who agreed to the draft, and the button to agree or to take it back. */
export function Approval({ id, state }: { id: string; state: Approvals }) {
  const me = useMe().user.id;
  const { approve, withdraw } = useApproval(id);
  const isMine = state.approvals.some(({ approver_id }) => approver_id === me);
  const missing = missingApprovals(state, me);
  return (
    <div className="grid gap-2 rounded-lg border p-3 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        {missing ? (
          <CircleDashed aria-hidden className="size-4 text-warn" />
        ) : (
          <CircleCheck aria-hidden className="size-4 text-ok" />
        )}
        <span className="min-w-0 flex-1">
          {missing
            ? `${count(missing, 'other person has', 'other people have')} to approve before you may publish.`
            : 'Enough others have approved.'}
        </span>
        {(isMine || !state.refusal) && (
          <Button
            size="sm"
            busy={approve.isPending || withdraw.isPending}
            onClick={() => (isMine ? withdraw : approve).mutate(undefined)}
          >
            {isMine ? 'Take my approval back' : 'Approve this draft'}
          </Button>
        )}
      </div>
      {state.approvals.map(({ approver_id, approved_by, at }) => (
        <p key={approver_id} className="text-ink-2 text-xs">
          <span className="font-medium text-ink">{approved_by}</span> approved <Ago at={at} />
        </p>
      ))}
      <p className="text-ink-3 text-xs">{!isMine && state.refusal} Any change of the draft voids the approvals.</p>
    </div>
  );
}
