import { count } from '@/lib/format';

/** Spans as rules write them, `30d`: a number and a unit. */

export const SPAN_UNITS = [
  ['m', 'minutes'],
  ['h', 'hours'],
  ['d', 'days'],
  ['w', 'weeks'],
] as const;

const UNIT_NAMES: Record<string, string> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' };

export interface Span {
  count: number;
  unit: string;
}

export function readSpan(text: unknown): Span {
  const found = /^(\d+)([smhdw])$/.exec(String(text ?? ''));
  return found ? { count: Number(found[1]), unit: found[2] ?? 'd' } : { count: 30, unit: 'd' };
}

/** A span in words, after "the last": "30 days", or "hour" for one. */
export function spanInWords(text: unknown): string {
  const { count: many, unit } = readSpan(text);
  const noun = UNIT_NAMES[unit];
  if (!noun || writeSpan({ count: many, unit }) !== text) return String(text);
  return many === 1 ? noun : count(many, noun);
}

export const writeSpan = ({ count, unit }: Span): string => `${Math.max(1, Math.round(count) || 1)}${unit}`;
