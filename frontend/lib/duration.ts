import { count } from './format';

const UNITS = ['days', 'hours', 'minutes', 'seconds'] as const;

/** A span from a node's configuration, such as `{days: 2, hours: 3}`, as words: "2 days 3 hours". */
export function describeDuration(span: unknown): string {
  if (typeof span !== 'object' || span === null) return 'some time';
  const given = span as Partial<Record<(typeof UNITS)[number], number>>;
  const parts = UNITS.flatMap((unit) => (given[unit] ? [count(given[unit], unit.slice(0, -1))] : []));
  return parts.join(' ') || 'no time';
}

/** How long something took, in its two largest units: "3 days 4 h", "12 s", "350 ms". */
export function formatElapsed(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), Math.floor(seconds / 86_400) === 1 ? 'day' : 'days'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}
