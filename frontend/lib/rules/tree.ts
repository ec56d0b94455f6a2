/** Rules as a tree to be edited: which kinds there are, how they begin, and groups of them. */

import type { Rule } from '@/lib/api/types';

export type GroupMode = 'all' | 'any' | 'none';

export type ClauseKind =
  | 'attribute'
  | 'event'
  | 'sequence'
  | 'segment'
  | 'message'
  | 'subscribed'
  | 'lifecycle'
  | 'score';

export interface Group {
  mode: GroupMode;
  rules: Rule[];
}

const isRule = (value: unknown): value is Rule => typeof value === 'object' && value !== null && !Array.isArray(value);
const rulesIn = (value: unknown): Rule[] => (Array.isArray(value) ? value.filter(isRule) : []);

/** The group that a rule is, if it is one; "none of" is a negated "any of". */
export function groupOf(rule: Rule): Group | null {
  if ('all' in rule) return { mode: 'all', rules: rulesIn(rule.all) };
  if ('any' in rule) return { mode: 'any', rules: rulesIn(rule.any) };
  if (isRule(rule.not) && 'any' in rule.not) return { mode: 'none', rules: rulesIn(rule.not.any) };
  return null;
}

/** Any rule as a group, so that more can be added to it. */
export const asGroup = (rule: Rule | null | undefined): Group =>
  rule ? (groupOf(rule) ?? { mode: 'all', rules: [rule] }) : { mode: 'all', rules: [] };

export function groupRule({ mode, rules }: Group): Rule {
  if (mode === 'none') return { not: { any: rules } };
  return { [mode]: rules };
}

/** A group for the whole: one clause alone needs no group around it. */
export function wholeRule(group: Group): Rule {
  const [only] = group.rules;
  return group.mode === 'all' && group.rules.length === 1 && only ? only : groupRule(group);
}

/** A clause and whether it is turned round. */
export function unnegated(rule: Rule): { rule: Rule; negated: boolean } {
  return isRule(rule.not) && !('any' in rule.not) ? { rule: rule.not, negated: true } : { rule, negated: false };
}

export const negated = (rule: Rule, isNegated: boolean): Rule => (isNegated ? { not: rule } : rule);

const KINDS: ClauseKind[] = [
  'attribute',
  'event',
  'sequence',
  'segment',
  'message',
  'subscribed',
  'lifecycle',
  'score',
];

export const clauseKindOf = (rule: Rule): ClauseKind | null => KINDS.find((kind) => kind in rule) ?? null;

/** How a clause begins when it is added. */
export function blankClause(kind: ClauseKind): Rule {
  switch (kind) {
    case 'attribute':
      return { attribute: '', op: 'eq', value: '' };
    case 'event':
      return { event: '', op: 'at_least', count: 1, within: '30d' };
    case 'sequence':
      return { sequence: [{ event: '' }, { event: '' }], within: '7d' };
    case 'segment':
      return { segment: '' };
    case 'message':
      return { message: { action: 'opened', within: '30d' } };
    case 'subscribed':
      return { subscribed: '' };
    case 'lifecycle':
      return { lifecycle: '' };
    case 'score':
      return { score: { model: '', op: 'gte', value: 50 } };
  }
}

/** An object without the keys that say nothing. */
export function without<T extends object>(value: T, ...names: (keyof T)[]): T {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name as keyof T))) as T;
}

/** Whether a rule asks about the event that let somebody in: it can be answered inside of a journey only. */
export const asksOfEntry = (rule: Rule): boolean => /"attribute":"event\.|\{\{-?\s*event\./.test(JSON.stringify(rule));

/** Whether a clause still lacks what it asks about, so that the server need not be asked yet. */
export function isUnfinished(rule: Rule): boolean {
  const group = groupOf(rule);
  if (group) return group.rules.some(isUnfinished);
  const { rule: clause } = unnegated(rule);
  const kind = clauseKindOf(clause);
  if (kind === 'sequence') return rulesIn(clause.sequence).some(isUnfinished);
  if (kind === 'score') return !(clause.score as Rule | null)?.model;
  if (kind === null || kind === 'message') return false;
  return !clause[kind] || clause.value === '';
}
