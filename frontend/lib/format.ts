const number = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const formatNumber = (value: number): string => number.format(value);
export const formatCompact = (value: number): string => (Math.abs(value) < 10_000 ? number : compact).format(value);
export const formatDateTime = (at: string): string => dateTime.format(new Date(at));
export const formatClock = (at: string): string => clock.format(new Date(at));
/** The time of day, with the date when it is another day than that of `before`. */
export function formatMoment(at: string, before?: string): string {
  const isSameDay = before && day.format(new Date(before)) === day.format(new Date(at));
  return isSameDay ? formatClock(at) : `${shortDay.format(new Date(at))}, ${formatClock(at)}`;
}
export const formatDay = (at: string): string => day.format(new Date(at));

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How long ago, or how soon, in the largest fitting unit: "3 days ago", "in 5 min.". */
export function formatAgo(at: string, now: number = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, unitSize]) => Math.abs(seconds) >= unitSize) ?? ['second', 1];
  return Math.abs(seconds) < 10 ? 'just now' : relative.format(Math.trunc(seconds / size), unit);
}

/** "1 person", "3 people": the number with the noun that fits it. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`;
}

/** A name from the API as words: `timed_out` reads "Timed out". */
export function humanize(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const MERGE_TAG = /\{\{.*?\}\}/g;

/** A subject as it was written, for everyone: what is filled in for each person is left open. */
export const subjectForAll = (subject: string): string => subject.replace(MERGE_TAG, '…');

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** A value from a contact or an event, as short text. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string' && ISO_TIME.test(value)) return formatDateTime(value);
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  return String(value);
}

/** Text without an address in it falls back to the next thing that names a person. */
export function nameOf(contact: {
  first_name?: string | null;
  last_name?: string | null;
  email?: string | null;
  external_id?: string | null;
}): string {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ');
  return name || contact.email || contact.external_id || 'Anonymous';
}
