/** Who else is at the same canvas, as the socket tells it. */

export interface Someone {
  socket_id: string;
  name: string;
  selection: string[];
  cursor: { x: number; y: number } | null;
  here: boolean;
}

export interface Seen extends Someone {
  /** When they were last heard of, in milliseconds. */
  at: number;
}

export type Others = ReadonlyMap<string, Seen>;

/** Whoever says nothing for so long has left without a word. */
export const GONE_MS = 25_000;

export function heard(others: Others, someone: Someone, at: number): Others {
  const next = new Map(others);
  if (someone.here) next.set(someone.socket_id, { ...someone, at });
  else next.delete(someone.socket_id);
  return next;
}

/** Without those who have not been heard of; the same object when nobody left. */
export function stillHere(others: Others, now: number): Others {
  const here = [...others].filter(([, { at }]) => now - at < GONE_MS);
  return here.length === others.size ? others : new Map(here);
}

const HUES = [205, 300, 68, 152, 25, 255, 5, 100];

/** The colour that somebody has on every screen. */
export function colourOf({ socket_id }: Pick<Someone, 'socket_id'>): string {
  const sum = [...socket_id].reduce((total, letter) => total * 31 + letter.charCodeAt(0), 7);
  return `oklch(0.55 0.14 ${HUES[Math.abs(sum) % HUES.length]})`;
}
