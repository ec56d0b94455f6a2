'use client';

import { Play } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import type { Graph } from '@/lib/api/types';
import { isTrigger, titleOf } from '@/lib/nodes';
import { AssumptionsPart } from './assumptions';
import { PairsInput } from './pairs-input';
import { isComplete } from './request';
import { type PartProps, WhoPart } from './who';

interface Props extends PartProps {
  graph: Graph;
  busy: boolean;
  error: Error | null;
  onRun(): void;
}

/** What to try: who comes in, when, and what they do. */
export function Setup({ wish, put, graph, busy, error, onRun }: Props) {
  const triggers = graph.nodes.filter(isTrigger);
  const trigger = triggers.find(({ id }) => id === wish.triggerId);
  return (
    <div className="grid gap-5">
      <p className="text-ink-2 text-sm">
        Send people through the draft on a clock that jumps ahead: a month in seconds. No mail leaves, and nobody
        notices.
      </p>
      <WhoPart wish={wish} put={put} />
      <section className="grid gap-3">
        <h3 className="font-semibold text-sm">When</h3>
        <div className="grid grid-cols-[1fr_96px] gap-3">
          <Field label="They come in on">
            {(wiring) => (
              <Input
                {...wiring}
                type="datetime-local"
                value={wish.start}
                onChange={({ target }) => put({ start: target.value })}
              />
            )}
          </Field>
          <Field label="Days ahead">
            {(wiring) => (
              <Input
                {...wiring}
                type="number"
                min={1}
                max={400}
                className="num"
                value={wish.days}
                onChange={({ target }) => put({ days: Math.max(1, Math.min(400, target.valueAsNumber || 1)) })}
              />
            )}
          </Field>
        </div>
        {triggers.length > 1 && (
          <Field label="By the trigger">
            {(wiring) => (
              <Select {...wiring} value={wish.triggerId} onChange={({ target }) => put({ triggerId: target.value })}>
                {triggers.map((node) => (
                  <option key={node.id} value={node.id}>
                    {titleOf(node)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        {trigger && ['event_trigger', 'api_trigger', 'form_trigger'].includes(trigger.type) && (
          <div className="grid gap-1.5">
            <p className="font-medium text-sm">Properties that it brings</p>
            <PairsInput noun="property" pairs={wish.payload} onChange={(payload) => put({ payload })} />
          </div>
        )}
      </section>
      <AssumptionsPart wish={wish} put={put} />
      {error && <Notice tone="bad">{error.message}</Notice>}
      {triggers.length === 0 && <Notice tone="warn">Draw a trigger first: nobody can come in.</Notice>}
      <Button look="primary" busy={busy} disabled={!isComplete(wish)} onClick={onRun}>
        <Play /> {busy ? 'At work' : 'Run the simulation'}
      </Button>
    </div>
  );
}
