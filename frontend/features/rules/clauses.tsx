'use client';

import type { ReactNode } from 'react';
import { Input, Select } from '@/components/ui/input';
import { SuggestInput } from '@/components/ui/suggest-input';
import type { Rule } from '@/lib/api/types';
import type { FieldHint, Operator } from '@/lib/rules/fields';
import type { ClauseKind } from '@/lib/rules/tree';
import type { ClauseProps } from './clause-props';
import { ConditionRow } from './condition-row';
import { EventClause, SequenceClause } from './event-clauses';
import { Pick } from './pick';
import {
  useAttributes,
  useJourneyOptions,
  useScoreOptions,
  useSegmentOptions,
  useTemplateOptions,
  useTopicOptions,
} from './queries';
import { Within } from './within';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const BUILT_IN: FieldHint[] = [
  { name: 'created_at', type: 'time', values: [] },
  { name: 'tags', type: 'list', values: [] },
];

function AttributeClause({ rule, onChange }: ClauseProps) {
  const known = useAttributes();
  const fields = [...known, ...BUILT_IN.filter(({ name }) => !known.some((each) => each.name === name))];
  return (
    <ConditionRow
      label="Attribute"
      fields={fields}
      condition={{ name: text(rule.attribute), op: (rule.op ?? 'eq') as Operator, value: rule.value }}
      onChange={({ name, op, value }) => onChange({ attribute: name, op, value })}
    />
  );
}

function SegmentClause({ rule, onChange }: ClauseProps) {
  const segments = useSegmentOptions();
  return (
    <Pick
      label="Segment"
      none="Choose a segment"
      value={rule.segment}
      options={segments.map(({ id, name }) => [id, name])}
      onChange={(segment) => onChange({ segment })}
    />
  );
}

const ACTIONS: [string, string][] = [
  ['sent', 'was sent'],
  ['delivered', 'got'],
  ['opened', 'opened'],
  ['clicked', 'clicked in'],
  ['bounced', 'bounced'],
];

function MessageClause({ rule, onChange }: ClauseProps) {
  const templates = useTemplateOptions();
  const journeys = useJourneyOptions();
  const message = (rule.message ?? {}) as Rule;
  const change = (part: Rule) =>
    onChange({
      message: Object.fromEntries(Object.entries({ ...message, ...part }).filter(([, value]) => value !== '')),
    });
  return (
    <div className="grid gap-1.5 @md:grid-cols-2">
      <Select
        aria-label="What happened"
        value={text(message.action)}
        onChange={(event) => change({ action: event.target.value })}
      >
        {ACTIONS.map(([action, label]) => (
          <option key={action} value={action}>
            {label}
          </option>
        ))}
      </Select>
      <Pick
        label="Mail"
        none="any mail"
        value={message.template_id}
        options={templates.map(({ id, name }) => [id, name])}
        onChange={(template_id) => change({ template_id })}
      />
      <Pick
        label="Journey"
        none="of any journey"
        value={message.journey_id}
        options={journeys.map(({ id, name }) => [id, name])}
        onChange={(journey_id) => change({ journey_id })}
      />
      <Within rule={message} onChange={(next) => onChange({ message: next })} />
    </div>
  );
}

function SubscribedClause({ rule, onChange }: ClauseProps) {
  const topics = useTopicOptions();
  return (
    <Pick
      label="Topic"
      none="Choose a topic"
      value={rule.subscribed}
      options={topics.map(({ key, name }) => [key, name])}
      onChange={(subscribed) => onChange({ subscribed })}
    />
  );
}

function LifecycleClause({ rule, onChange }: ClauseProps) {
  const stages = useAttributes().find(({ name }) => name === 'lifecycle')?.values ?? [];
  return (
    <SuggestInput
      aria-label="Stage"
      placeholder="Stage, such as mql"
      value={text(rule.lifecycle)}
      options={stages.map(String)}
      onChange={(lifecycle) => onChange({ lifecycle })}
    />
  );
}

const COMPARISONS: [string, string][] = [
  ['gte', 'at least'],
  ['gt', 'more than'],
  ['lte', 'at most'],
  ['lt', 'less than'],
  ['eq', 'exactly'],
];

function ScoreClause({ rule, onChange }: ClauseProps) {
  const models = useScoreOptions();
  const score = (rule.score ?? {}) as Rule;
  const change = (part: Rule) => onChange({ score: { ...score, ...part } });
  return (
    <div className="grid gap-1.5 @md:grid-cols-3">
      <Pick
        label="Score"
        none="Choose a score"
        value={score.model}
        options={models.map(({ slug, name }) => [slug, name])}
        onChange={(model) => change({ model })}
      />
      <Select aria-label="Comparison" value={text(score.op)} onChange={(event) => change({ op: event.target.value })}>
        {COMPARISONS.map(([op, label]) => (
          <option key={op} value={op}>
            {label}
          </option>
        ))}
      </Select>
      <Input
        type="number"
        aria-label="Points"
        value={Number(score.value ?? 0)}
        onChange={(event) => change({ value: event.target.valueAsNumber || 0 })}
      />
    </div>
  );
}

/** The form of each kind of clause. */
export const CLAUSES: Record<ClauseKind, (props: ClauseProps) => ReactNode> = {
  attribute: AttributeClause,
  event: EventClause,
  sequence: SequenceClause,
  segment: SegmentClause,
  message: MessageClause,
  subscribed: SubscribedClause,
  lifecycle: LifecycleClause,
  score: ScoreClause,
};
