import type { ContactSearch } from '@/lib/api/types';

export type Sort = NonNullable<ContactSearch['sort']>;

export const NEWEST: Sort = '-created_at';

/** The orders that the server keeps an index for, by column: how it stands at the first click, and at the second. */
const ORDERS: Record<string, [Sort, Sort]> = {
  name: ['name', '-name'],
  email: ['email', '-email'],
  created_at: ['-created_at', 'created_at'],
};

export const isSort = (text: string | null): text is Sort =>
  Object.values(ORDERS).some((orders) => orders.some((order) => order === text));

export const isSortable = (column: string): boolean => column in ORDERS;

/** What a click on a column's head asks for: its usual order, then the other way round, then the newest first again. */
export function nextSort(column: string, now: Sort = NEWEST): Sort {
  const [usual, reversed] = ORDERS[column] ?? [NEWEST, NEWEST];
  if (now === usual) return reversed;
  return now === reversed ? NEWEST : usual;
}

/** How a column stands, in the words of `aria-sort`. */
export function standing(column: string, now: Sort = NEWEST): 'ascending' | 'descending' | 'none' {
  if (now === column) return 'ascending';
  return now === `-${column}` ? 'descending' : 'none';
}
