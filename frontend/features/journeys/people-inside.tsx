'use client';

import { ArrowRight } from 'lucide-react';
import { Choices } from '@/components/ui/choices';
import { Select } from '@/components/ui/input';
import type { Graph, InFlight, PeopleAt, Publish } from '@/lib/api/types';
import { count, formatNumber } from '@/lib/format';
import { isTrigger, titleOf } from '@/lib/nodes';

const CHOICES = [
  { value: 'finish', label: 'Finish', about: 'They finish on the version that they entered.' },
  { value: 'move', label: 'Move', about: 'They go on in the new version, at the step where they stand.' },
  { value: 'exit', label: 'Leave', about: 'They leave the journey now.' },
];
const WAITS = [
  { value: 'keep', label: 'Keep', about: 'It ends when it would have.' },
  { value: 'recompute', label: 'Work out anew', about: 'It has the new length, counted from its beginning.' },
];

/** A step to leave the journey by; no step has this id. */
const LEAVE = '-';

export type Wish = Required<Publish>;

export const FINISH: Wish = { in_flight: 'finish', node_map: {}, waits: 'keep' };

/** Steps with people at them that the new version has no longer, and of which nobody has said what is to happen. */
export const undecided = ({ nodes }: InFlight, { in_flight, node_map }: Wish): PeopleAt[] =>
  in_flight === 'move' ? nodes.filter(({ node_id, target }) => target === null && !(node_id in node_map)) : [];

interface Props {
  inside: InFlight;
  /** What they would go on in. */
  graph: Graph;
  wish: Wish;
  onChange(wish: Wish): void;
}

/** What becomes of those inside an older version, with how many stand where. */
export function PeopleInside({ inside, graph, wish, onChange }: Props) {
  const put = (part: Partial<Wish>) => onChange({ ...wish, ...part });
  const goes = (nodeId: string, target: string) =>
    put({ node_map: { ...wish.node_map, [nodeId]: target === LEAVE ? null : target } });
  return (
    <div className="grid gap-3">
      <Choices
        label="People inside"
        choices={CHOICES}
        value={wish.in_flight}
        onChange={(value) => put({ in_flight: value as Wish['in_flight'] })}
      />
      <ul aria-label="Where they stand" className="rounded-lg border text-sm">
        {inside.nodes.map((place) => (
          <li key={place.node_id} className="rule-b flex flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-2">
            <span className="min-w-0 flex-1 truncate">{place.title}</span>
            <span className="num text-ink-2">{formatNumber(place.contacts)}</span>
            {wish.in_flight === 'move' && (
              <Target place={place} graph={graph} chosen={wish.node_map[place.node_id]} onChange={goes} />
            )}
          </li>
        ))}
      </ul>
      {wish.in_flight === 'move' && (
        <fieldset className="grid gap-2">
          <legend className="mb-1.5 font-medium text-sm">A wait whose length has changed</legend>
          <Choices
            label="Waits"
            choices={WAITS}
            value={wish.waits}
            onChange={(value) => put({ waits: value as Wish['waits'] })}
          />
        </fieldset>
      )}
    </div>
  );
}

interface TargetProps {
  place: PeopleAt;
  graph: Graph;
  /** Undefined: nobody has said; null: they leave. */
  chosen: string | null | undefined;
  onChange(nodeId: string, target: string): void;
}

/** Where the people at a step go on; one that is still there keeps them. */
function Target({ place: { node_id, title, target, contacts }, graph, chosen, onChange }: TargetProps) {
  if (target !== null) return <span className="w-52 text-ink-3 text-xs max-sm:w-full">stay at this step</span>;
  return (
    <span className="flex w-52 items-center gap-2 max-sm:w-full">
      <ArrowRight aria-hidden className="size-4 shrink-0 text-ink-3" />
      <Select
        aria-label={`Where ${count(contacts, 'person goes', 'people go')} from “${title}”`}
        aria-invalid={chosen === undefined || undefined}
        className="flex-1"
        value={chosen === null ? LEAVE : (chosen ?? '')}
        onChange={(event) => onChange(node_id, event.target.value)}
      >
        <option value="" disabled>
          Choose a step
        </option>
        {graph.nodes
          .filter((node) => !isTrigger(node))
          .map((node) => (
            <option key={node.id} value={node.id}>
              {titleOf(node)}
            </option>
          ))}
        <option value={LEAVE}>They leave</option>
      </Select>
    </span>
  );
}
