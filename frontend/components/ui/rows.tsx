import { Fragment, type ReactNode } from 'react';

/** The rows of a form. A row is what stands at its place and keeps no state of its own, so its place is its key. */
export function Rows<T>({ items, children }: { items: readonly T[]; children(item: T, index: number): ReactNode }) {
  return items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: see above.
    <Fragment key={index}>{children(item, index)}</Fragment>
  ));
}

/** The list with another item at a place. */
export const replaced = <T,>(items: readonly T[], index: number, item: T): T[] => items.with(index, item);

/** The list without the item at a place. */
export const removed = <T,>(items: readonly T[], index: number): T[] => items.filter((_, place) => place !== index);
