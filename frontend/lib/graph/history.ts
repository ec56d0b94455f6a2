/** Undo and redo without bound: states share what did not change, so a step back costs next to nothing. */

interface Moment<T> {
  state: T;
  /** What was done next, in words: "Delete", "Move". */
  label: string;
}

export interface History<T> {
  past: readonly Moment<T>[];
  future: readonly Moment<T>[];
}

export const NO_HISTORY: History<never> = { past: [], future: [] };

/** Remembers the state before a change. */
export const marked = <T>({ past }: History<T>, state: T, label: string): History<T> => ({
  past: [...past, { state, label }],
  future: [],
});

export interface Travelled<T> {
  history: History<T>;
  state: T;
  label: string;
}

export function undone<T>({ past, future }: History<T>, now: T): Travelled<T> | null {
  const last = past.at(-1);
  if (!last) return null;
  const history = { past: past.slice(0, -1), future: [{ state: now, label: last.label }, ...future] };
  return { history, ...last };
}

export function redone<T>({ past, future }: History<T>, now: T): Travelled<T> | null {
  const [next, ...later] = future;
  if (!next) return null;
  return { history: { past: [...past, { state: now, label: next.label }], future: later }, ...next };
}
