import { formatValue, humanize } from '@/lib/format';
import type { Operator } from './fields';
import { spanInWords } from './spans';

type Rule = Record<string, unknown>;

export const OPERATOR_WORDS: Record<Operator, string> = {
  eq: 'is',
  ne: 'is not',
  in: 'is one of',
  not_in: 'is none of',
  contains: 'contains',
  starts_with: 'starts with',
  matches: 'matches',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  between: 'is between',
  before: 'is before',
  after: 'is after',
  within_last: 'is within the last',
  exists: 'is known',
};

const OPS: Record<string, string> = OPERATOR_WORDS;

const COUNTS: Record<string, string> = { at_least: 'at least', at_most: 'at most', exactly: 'exactly' };

const isRule = (value: unknown): value is Rule => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A rule of the rule language in words: "country is one of DE, AT and did Order Completed at least 2 times in 30d". */
export function describeRule(rule: unknown): string {
  if (!isRule(rule)) return 'everyone';
  if ('all' in rule) return joined(listOf(rule.all), ' and ');
  if ('any' in rule) return joined(listOf(rule.any), ' or ');
  if ('not' in rule) return `not (${describeRule(rule.not)})`;
  if ('attribute' in rule) return describeAttribute(rule);
  if ('event' in rule) return describeEvent(rule);
  if ('sequence' in rule) return `${listOf(rule.sequence).map(describeRule).join(', then ')}${within(rule)}`;
  if ('segment' in rule) return 'is in a segment';
  if ('message' in rule) return describeMessage(rule.message);
  if ('lifecycle' in rule) return `lifecycle is ${formatValue(rule.lifecycle)}`;
  if ('subscribed' in rule) return `is subscribed to ${formatValue(rule.subscribed)}`;
  return JSON.stringify(rule);
}

function joined(rules: unknown[], word: string): string {
  if (rules.length === 0) return 'everyone';
  const isNested = (rule: unknown) => isRule(rule) && ('all' in rule || 'any' in rule);
  return rules
    .map((rule) => (isNested(rule) && rules.length > 1 ? `(${describeRule(rule)})` : describeRule(rule)))
    .join(word);
}

function describeAttribute(rule: Rule): string {
  const name = humanize(String(rule.attribute)).toLowerCase();
  if (rule.op === 'exists') return rule.value === false ? `${name} is not known` : `${name} is known`;
  const op = OPS[String(rule.op)] ?? humanize(String(rule.op)).toLowerCase();
  if (rule.op === 'within_last') return `${name} ${op} ${spanInWords(rule.value)}`;
  const separator = rule.op === 'between' ? ' and ' : ', ';
  return `${name} ${op} ${listOf(rule.value).map(formatValue).join(separator)}`;
}

function describeEvent(rule: Rule): string {
  if (rule.op === 'never') return `never did ${rule.event}${describeWhere(rule.where)}${within(rule)}`;
  const times = rule.op ? ` ${COUNTS[String(rule.op)] ?? rule.op} ${formatValue(rule.count)} times` : '';
  return `did ${rule.event}${describeWhere(rule.where)}${times}${within(rule)}`;
}

function describeMessage(message: unknown): string {
  const action = isRule(message) ? String(message.action ?? 'sent') : 'sent';
  const verbs: Record<string, string> = {
    opened: 'opened',
    clicked: 'clicked in',
    sent: 'was sent',
    bounced: 'bounced',
  };
  return `${verbs[action] ?? action} a mail${isRule(message) ? within(message) : ''}`;
}

const within = (rule: Rule): string => (rule.within ? ` in the last ${spanInWords(rule.within)}` : '');

/** The properties an event must have: " where cart_id is {{ event.cart_id }}". */
export function describeWhere(where: unknown): string {
  if (!isRule(where) || Object.keys(where).length === 0) return '';
  const parts = Object.entries(where).map(([name, wanted]) => {
    const { op, value } = isRule(wanted) ? wanted : { op: 'eq', value: wanted };
    return `${name} ${OPS[String(op ?? 'eq')] ?? op} ${listOf(value).map(formatValue).join(', ')}`;
  });
  return ` where ${parts.join(' and ')}`;
}
