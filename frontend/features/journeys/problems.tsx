import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { GraphFault, Validation } from '@/lib/api/types';

function Line({ fault, bad }: { fault: GraphFault; bad: boolean }) {
  const Icon = bad ? CircleAlert : TriangleAlert;
  return (
    <li className="flex gap-2.5">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${bad ? 'text-bad' : 'text-warn'}`} />
      <span>
        {fault.node_id && <span className="font-medium">{fault.node_id}: </span>}
        {fault.message}
      </span>
    </li>
  );
}

/** What the server found in a draft: what must be mended first, then what to think about. */
export function Problems({ validation }: { validation: Validation }) {
  const { valid, errors, warnings } = validation;
  return (
    <ul aria-label="Checks" className="grid gap-2 text-sm">
      {errors.map((fault) => (
        <Line key={`${fault.node_id}${fault.field}${fault.message}`} fault={fault} bad />
      ))}
      {warnings.map((fault) => (
        <Line key={`${fault.node_id}${fault.field}${fault.message}`} fault={fault} bad={false} />
      ))}
      {valid && (
        <li className="flex gap-2.5">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          Every step is set up and every way leads on.
        </li>
      )}
    </ul>
  );
}
