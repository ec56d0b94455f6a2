import type { Contact } from '@/lib/api/types';
import { formatAgo, formatValue } from '@/lib/format';

/** A column of the table: one of the contact's own fields, or an attribute of the workspace's own by its name. */
export interface Column {
  key: string;
  label: string;
}

export const STANDARD_COLUMNS: Column[] = [
  { key: 'email', label: 'Email' },
  { key: 'place', label: 'Place' },
  { key: 'tags', label: 'Tags' },
  { key: 'lifecycle', label: 'Lifecycle' },
  { key: 'phone', label: 'Phone' },
  { key: 'language', label: 'Language' },
  { key: 'time_zone', label: 'Time zone' },
  { key: 'external_id', label: 'Your id' },
  { key: 'created_at', label: 'Since' },
  { key: 'updated_at', label: 'Changed' },
];

export const FIRST_COLUMNS = ['email', 'place', 'tags', 'lifecycle', 'updated_at'];

/** What a contact has besides attributes of the workspace's own. */
export const FIELDS = new Set([
  ...STANDARD_COLUMNS.map(({ key }) => key),
  'id',
  'first_name',
  'last_name',
  'country',
  'city',
]);

const ATTRIBUTE = 'attributes.';
export const attributeColumn = (name: string): Column => ({ key: `${ATTRIBUTE}${name}`, label: name });

export const columnOf = (key: string): Column =>
  STANDARD_COLUMNS.find((column) => column.key === key) ?? attributeColumn(key.replace(ATTRIBUTE, ''));

/** What stands in a cell, as text. */
export function cellText(contact: Contact, key: string): string {
  if (key.startsWith(ATTRIBUTE)) return formatValue(contact.attributes[key.slice(ATTRIBUTE.length)]);
  switch (key) {
    case 'place':
      return [contact.city, contact.country].filter(Boolean).join(', ') || '–';
    case 'tags':
      return contact.tags.join(', ');
    case 'created_at':
    case 'updated_at':
      return formatAgo(contact[key]);
    default:
      return formatValue(contact[key as keyof Contact]);
  }
}
