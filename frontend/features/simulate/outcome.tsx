'use client';

import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Segments } from '@/components/ui/segments';
import type { Graph, SimulationResult } from '@/lib/api/types';
import { count, formatDateTime, formatNumber, humanize } from '@/lib/format';
import { titleOf } from '@/lib/nodes';
import { DaysTable } from './days-table';
import { Person } from './person';
import { StepsTable } from './steps-table';
import { TimeSlider } from './time-slider';

interface Props {
  result: SimulationResult;
  graph: Graph;
  moments: number[];
  index: number;
  onTime(index: number): void;
  person?: string;
  onPerson(contactId?: string): void;
  onAgain(): void;
}

type Face = 'people' | 'steps' | 'days';

/** What came of a simulation: totals, a clock to go through it, and everyone's way. */
export function Outcome({ result, graph, moments, index, onTime, person, onPerson, onAgain }: Props) {
  const [face, setFace] = useState<Face>('people');
  return (
    <div className="grid gap-4">
      {moments.length > 0 && (
        <div className="sticky -top-4 z-10 -mx-4 -mt-4 grid gap-3 border-b bg-surface px-4 py-3 max-sm:bg-raised">
          <TimeSlider moments={moments} index={index} onChange={onTime} />
        </div>
      )}
      <Totals result={result} />
      <Troubles result={result} graph={graph} />
      <Segments
        label="Outcome"
        value={face}
        options={[
          ['people', 'People'],
          ['steps', 'Branches'],
          ['days', 'Days'],
        ]}
        onChange={(next) => setFace(next as Face)}
      />
      {face === 'people' && (
        <ul aria-label="People" className="overflow-hidden rounded-lg border">
          {result.contacts.map((contact) => (
            <Person
              key={contact.contact_id}
              contact={contact}
              graph={graph}
              at={moments[index] ?? 0}
              isOpen={person === contact.contact_id}
              onToggle={() => onPerson(person === contact.contact_id ? undefined : contact.contact_id)}
            />
          ))}
        </ul>
      )}
      {face === 'people' && result.contacts.length < result.counts.contacts && (
        <p className="text-ink-3 text-xs">
          These are the first {formatNumber(result.contacts.length)} of {formatNumber(result.counts.contacts)}.
        </p>
      )}
      {face === 'steps' && <StepsTable result={result} graph={graph} />}
      {face === 'days' && <DaysTable result={result} graph={graph} />}
      <Button onClick={onAgain}>
        <RotateCcw /> Try something else
      </Button>
    </div>
  );
}

function Totals({ result: { counts, projection, refusals } }: { result: SimulationResult }) {
  const { entered = 0, sent = 0, skipped = 0, converted = 0, refused = 0 } = counts;
  const facts: [string, number][] = [
    ['Entered', entered],
    ['Mails', sent],
    ['Skipped', skipped],
    ['Converted', converted],
  ];
  const busiest = projection.busiest_hour ? `, in the hour of ${formatDateTime(projection.busiest_hour)}` : '';
  return (
    <div className="grid gap-2">
      <dl className="grid grid-cols-4 gap-2">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-ink-3 text-xs">{name}</dt>
            <dd className="num font-semibold text-lg">{formatNumber(value)}</dd>
          </div>
        ))}
      </dl>
      {projection.factor > 1 && (
        <p className="text-ink-2 text-sm">
          For all {count(projection.population, 'person', 'people')}: about {count(projection.sent, 'mail')}, at most{' '}
          {formatNumber(projection.most_sent_per_hour)} an hour{busiest}.
        </p>
      )}
      {refused > 0 && (
        <p className="text-sm text-warn">
          Not let in:{' '}
          {Object.entries(refusals)
            .map(([reason, n]) => `${humanize(reason).toLowerCase()} (${formatNumber(n)})`)
            .join(', ')}
          .
        </p>
      )}
    </div>
  );
}

/** Why it ended early, and what would stand still in earnest. */
function Troubles({ result: { stopped, parked }, graph }: { result: SimulationResult; graph: Graph }) {
  const title = (id: string) => {
    const node = graph.nodes.find((each) => each.id === id);
    return node ? titleOf(node) : id;
  };
  return (
    <>
      {stopped && <Notice tone="warn">It ended early: {stopped}</Notice>}
      {Object.entries(parked).map(([node, reason]) => (
        <Notice key={node} tone="bad">
          People would be stuck at “{title(node)}”: {reason}
        </Notice>
      ))}
    </>
  );
}
