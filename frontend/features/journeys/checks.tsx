import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { Button } from '@/components/ui/button';
import type { Graph, GraphFault, Validation } from '@/lib/api/types';
import { titleOf } from '@/lib/nodes';

type Show = (nodeId: string) => void;

interface LineProps {
  fault: GraphFault;
  bad: boolean;
  title?: string;
  onShow: Show;
}

function Line({ fault: { node_id, message }, bad, title, onShow }: LineProps) {
  const Icon = bad ? CircleAlert : TriangleAlert;
  return (
    <li className="flex items-start gap-2.5">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${bad ? 'text-bad' : 'text-warn'}`} />
      <span className="min-w-0 flex-1">
        {title && <span className="font-medium">{title}: </span>}
        {message}
      </span>
      {node_id && title && (
        <Button size="sm" className="-my-1" aria-label={`Show “${title}”`} onClick={() => onShow(node_id)}>
          Show
        </Button>
      )}
    </li>
  );
}

/** What the server found in a draft: what must be mended first, then what to think about. */
export function Checks({ validation, graph, onShow }: { validation: Validation; graph: Graph; onShow: Show }) {
  const { valid, errors, warnings } = validation;
  const titles = new Map(graph.nodes.map((node) => [node.id, titleOf(node)]));
  const line = (fault: GraphFault, bad: boolean) => (
    <Line
      key={`${fault.node_id}${fault.field}${fault.message}`}
      fault={fault}
      bad={bad}
      title={fault.node_id ? (titles.get(fault.node_id) ?? fault.node_id) : undefined}
      onShow={onShow}
    />
  );
  return (
    <ul aria-label="Checks" className="grid gap-2 text-sm">
      {errors.map((fault) => line(fault, true))}
      {warnings.map((fault) => line(fault, false))}
      {valid && (
        <li className="flex gap-2.5">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          Every step is set up and every way leads on.
        </li>
      )}
    </ul>
  );
}
