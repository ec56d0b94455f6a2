'use client';

import {
  Ban,
  ChartNoAxesColumn,
  CircleHelp,
  CircleUserRound,
  Layers,
  ListOrdered,
  type LucideIcon,
  Mail,
  Milestone,
  PieChart,
  Plus,
  UserRound,
  X,
  Zap,
} from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/input';
import { Menu, MenuItem, MenuRule } from '@/components/ui/menu';
import { Rows, removed, replaced } from '@/components/ui/rows';
import type { Rule } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import {
  asGroup,
  blankClause,
  type ClauseKind,
  clauseKindOf,
  type Group,
  type GroupMode,
  groupOf,
  groupRule,
  negated,
  unnegated,
  wholeRule,
} from '@/lib/rules/tree';
import { describeRule } from '@/lib/rules/words';
import { CLAUSES } from './clauses';

interface Offer {
  icon: LucideIcon;
  label: string;
}

const OFFERS: Record<ClauseKind, Offer> = {
  attribute: { icon: UserRound, label: 'Attribute' },
  event: { icon: Zap, label: 'Event' },
  sequence: { icon: ListOrdered, label: 'Sequence of events' },
  segment: { icon: PieChart, label: 'Segment' },
  message: { icon: Mail, label: 'Message' },
  subscribed: { icon: CircleUserRound, label: 'Subscription' },
  lifecycle: { icon: Milestone, label: 'Lifecycle stage' },
  score: { icon: ChartNoAxesColumn, label: 'Score' },
};

const EVERY_KIND = Object.keys(OFFERS) as ClauseKind[];

const MODES: [GroupMode, string][] = [
  ['all', 'all of these'],
  ['any', 'any of these'],
  ['none', 'none of these'],
];

export interface RuleBuilderProps {
  /** The rule; none means that everyone matches. */
  value: Rule | null | undefined;
  onChange(rule: Rule): void;
  /** What may be asked about; everything, unless the place has no answer to it. */
  kinds?: ClauseKind[];
}

/** A rule of the rule language as a form: clauses in groups, nested as deep as needed. Nobody has to know the JSON. */
export function RuleBuilder({ value, onChange, kinds = EVERY_KIND }: RuleBuilderProps) {
  return <GroupEditor group={asGroup(value)} kinds={kinds} onChange={(group) => onChange(wholeRule(group))} />;
}

interface GroupProps {
  group: Group;
  kinds: ClauseKind[];
  onChange(group: Group): void;
  onRemove?(): void;
}

function GroupEditor({ group, kinds, onChange, onRemove }: GroupProps) {
  const { mode, rules } = group;
  const put = (next: Rule[]) => onChange({ ...group, rules: next });
  return (
    <fieldset className={cn('@container grid min-w-0 gap-2', onRemove && 'rounded-lg border bg-sunken p-2')}>
      <div className="flex items-center gap-2 text-ink-2 text-sm">
        <legend className="contents">Matches</legend>
        <Select
          aria-label="How the conditions are joined"
          className="w-36 pointer-coarse:w-44"
          value={mode}
          onChange={(event) => onChange({ ...group, mode: event.target.value as GroupMode })}
        >
          {MODES.map(([each, label]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </Select>
        {onRemove && (
          <Button look="quiet" size="icon" aria-label="Remove this group" className="ml-auto" onClick={onRemove}>
            <X />
          </Button>
        )}
      </div>
      {rules.length === 0 && (
        <p className="rounded-md border border-dashed px-3 py-2 text-ink-3 text-xs">
          {mode === 'any'
            ? 'Nobody matches yet: add a condition.'
            : 'Everyone matches: add a condition to narrow it down.'}
        </p>
      )}
      <Rows items={rules}>
        {(rule, index) => (
          <RuleEditor
            rule={rule}
            kinds={kinds}
            onChange={(next) => put(replaced(rules, index, next))}
            onRemove={() => put(removed(rules, index))}
          />
        )}
      </Rows>
      <AddMenu kinds={kinds} onAdd={(rule) => put([...rules, rule])} />
    </fieldset>
  );
}

interface RuleProps {
  rule: Rule;
  kinds: ClauseKind[];
  onChange(rule: Rule): void;
  onRemove(): void;
}

function RuleEditor({ rule, kinds, onChange, onRemove }: RuleProps) {
  const group = groupOf(rule);
  if (group) {
    return (
      <GroupEditor group={group} kinds={kinds} onRemove={onRemove} onChange={(next) => onChange(groupRule(next))} />
    );
  }
  const { rule: clause, negated: isNegated } = unnegated(rule);
  const kind = clauseKindOf(clause);
  const { icon: Icon, label } = kind ? OFFERS[kind] : { icon: CircleHelp, label: 'Condition' };
  const Clause = kind && CLAUSES[kind];
  return (
    <div className="rounded-lg border bg-surface p-2 pt-1">
      <div className="flex items-center gap-1.5 pb-1 text-ink-3 text-xs">
        <Icon aria-hidden className="size-3.5" />
        <span>{label}</span>
        <span className="flex-1" />
        <Button
          look="quiet"
          size="sm"
          aria-pressed={isNegated}
          className={cn(isNegated && 'bg-bad-soft text-bad')}
          onClick={() => onChange(negated(clause, !isNegated))}
        >
          <Ban /> Not
        </Button>
        <Button look="quiet" size="icon" aria-label={`Remove: ${describeRule(rule)}`} onClick={onRemove}>
          <X />
        </Button>
      </div>
      {Clause ? (
        <Clause rule={clause} onChange={(next) => onChange(negated(next, isNegated))} />
      ) : (
        <p className="text-sm">{describeRule(clause)}</p>
      )}
    </div>
  );
}

function AddMenu({ kinds, onAdd }: { kinds: ClauseKind[]; onAdd(rule: Rule): void }) {
  return (
    <Menu
      align="start"
      trigger={
        <Button size="sm" className="justify-self-start">
          <Plus /> Add a condition
        </Button>
      }
    >
      {kinds.map((kind) => {
        const { icon: Icon, label } = OFFERS[kind];
        return (
          <MenuItem key={kind} onSelect={() => onAdd(blankClause(kind))}>
            <Icon /> {label}
          </MenuItem>
        );
      })}
      <MenuRule />
      <MenuItem onSelect={() => onAdd({ any: [] })}>
        <Layers /> Group
      </MenuItem>
    </Menu>
  );
}
