/** Spans as rules write them, `30d`: a number and a unit. */

export const SPAN_UNITS = [
  ['m', 'minutes'],
  ['h', 'hours'],
  ['d', 'days'],
  ['w', 'weeks'],
] as const;

export interface Span {
  count: number;
  unit: string;
}

export function readSpan(text: unknown): Span {
  const found = /^(\d+)([smhdw])$/.exec(String(text ?? ''));
  return found ? { count: Number(found[1]), unit: found[2] ?? 'd' } : { count: 30, unit: 'd' };
}

export const writeSpan = ({ count, unit }: Span): string => `${Math.max(1, Math.round(count) || 1)}${unit}`;
