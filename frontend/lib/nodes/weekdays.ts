import { humanize } from '@/lib/format';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Days of the week in words; a file may number them. */
export function weekdays(value: unknown): string {
  const days = Array.isArray(value) ? value : [value];
  return days.map((day) => (typeof day === 'number' ? (WEEKDAYS[day % 7] ?? day) : humanize(String(day)))).join(', ');
}
