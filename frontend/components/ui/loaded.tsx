'use client';

import { type ReactNode, useDeferredValue } from 'react';
import { Failure } from './failure';
import { SkeletonRows } from './skeleton';

interface Query<T> {
  data: T | undefined;
  error: Error | null;
  refetch(): unknown;
}

interface Props<T> {
  query: Query<T>;
  children: (data: NonNullable<T>) => ReactNode;
  loading?: ReactNode;
  /** Shown instead when the answer is a list with nothing in it. */
  empty?: ReactNode;
}

/**
 * The three other faces of every page: loading, empty and failed. Old data stays in sight while new is fetched, and
 * the first is drawn in slices, so that clicks and keys need not wait for a long list.
 */
export function Loaded<T>({ query, children, loading = <SkeletonRows />, empty }: Props<T>) {
  const { error, refetch } = query;
  // Only what comes for the first time may come late: otherwise `children` would get the data of another query.
  const isDrawn = useDeferredValue(query.data !== undefined);
  const data = isDrawn ? query.data : undefined;
  if (data === undefined || data === null)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : loading;
  if (empty && Array.isArray(data) && data.length === 0) return empty;
  return children(data as NonNullable<T>);
}
