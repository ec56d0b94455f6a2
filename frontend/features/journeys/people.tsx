'use client';

import { Users } from 'lucide-react';
import Link from 'next/link';
import { LoadMore } from '@/components/load-more';
import { StateBadge } from '@/components/state-badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import type { Enrollment, Graph } from '@/lib/api/types';
import { humanize } from '@/lib/format';
import { titleOf } from '@/lib/nodes';
import { useSearchState } from '@/lib/use-search-state';
import { CONVERTED, useEnrollments } from './queries';

const STATES = ['active', 'completed', 'exited', 'failed', CONVERTED];
const COLUMNS = ['Person', 'State', 'Where', 'Version#', 'Entered', 'Ended'];

/** Everyone who ever entered, where each is now, and why they left. */
export function People({ journeyId, graph }: { journeyId: string; graph: Graph }) {
  const [node, setNode] = useSearchState('node');
  const [state, setState] = useSearchState('state');
  const people = useEnrollments(journeyId, { node, state });
  const titles = new Map(graph.nodes.map((step) => [step.id, titleOf(step)]));
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        <Select aria-label="Step" value={node} onChange={(event) => setNode(event.target.value)} className="w-52">
          <option value="">At any step</option>
          {graph.nodes.map((step) => (
            <option key={step.id} value={step.id}>
              {titleOf(step)}
            </option>
          ))}
        </Select>
        <Select aria-label="State" value={state} onChange={(event) => setState(event.target.value)} className="w-40">
          <option value="">In any state</option>
          {STATES.map((name) => (
            <option key={name} value={name}>
              {humanize(name)}
            </option>
          ))}
        </Select>
      </div>
      <Loaded query={people} empty={<Nobody filtered={!!node || !!state} />}>
        {(rows) => (
          <>
            <Table label="People">
              <TableHead columns={COLUMNS} />
              <tbody>
                {rows.map((enrollment) => (
                  <Person key={enrollment.id} enrollment={enrollment} where={titles.get(enrollment.node_id ?? '')} />
                ))}
              </tbody>
            </Table>
            <LoadMore pages={people} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Person({ enrollment, where }: { enrollment: Enrollment; where?: string }) {
  const { id, contact_id, contact_email, state, end_reason, version, entered_at, ended_at } = enrollment;
  return (
    <Row>
      <Cell className="font-medium">
        <Link href={`/contacts/view?id=${contact_id}&enrollment=${id}`} className="fills-row">
          {contact_email ?? 'Anonymous'}
        </Link>
      </Cell>
      <Cell className="whitespace-nowrap">
        <StateBadge state={state} />
      </Cell>
      <Cell className="text-ink-2">{where ?? (end_reason ? humanize(end_reason) : '–')}</Cell>
      <Cell number>{version}</Cell>
      <Cell className="text-ink-2">
        <Ago at={entered_at} />
      </Cell>
      <Cell className="text-ink-2">
        <Ago at={ended_at} />
      </Cell>
    </Row>
  );
}

function Nobody({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <EmptyState icon={Users} title="Nobody here">
      No one matches this step and state.
    </EmptyState>
  ) : (
    <EmptyState icon={Users} title="Nobody has entered yet">
      Once the journey is live, everyone its trigger lets in is listed here, with where they are and the reason for each
      step.
    </EmptyState>
  );
}
