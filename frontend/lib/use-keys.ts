'use client';

import { useEffect, useRef } from 'react';

/** Keys to what they do: `?`, `/`, `mod+k`, or two after each other as in `g j`. */
export type KeyMap = Record<string, () => void>;

const PAUSE_MS = 900;
const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether the keys belong to a field, or to a dialog that is open above the page. */
function isTaken({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || !!target.closest('input, textarea, select, [role="dialog"], [role="menu"]');
}

export function keyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  if (event.altKey) return '';
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

/** Listens for keys anywhere on the page. Those with `mod+` work inside fields too. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let first = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      const key = keyOf(event);
      const run = latest.current[first ? `${first} ${key}` : key] ?? latest.current[key];
      clearTimeout(timer);
      first = '';
      if (event.defaultPrevented || (isTaken(event) && !key.startsWith('mod+'))) return;
      if (run) {
        event.preventDefault();
        run();
      } else if (Object.keys(latest.current).some((name) => name.startsWith(`${key} `))) {
        first = key;
        timer = setTimeout(() => {
          first = '';
        }, PAUSE_MS);
      }
    };
    addEventListener('keydown', onKey);
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', onKey);
    };
  }, []);
}

/** A shortcut as this machine writes it: `mod+k` reads "Ctrl K" or "⌘ K". */
export const keyNames = (shortcut: string): string[] =>
  shortcut
    .split(/[ +]/)
    .map((key) => (key === 'mod' ? (isMac() ? '⌘' : 'Ctrl') : key.length === 1 ? key.toUpperCase() : key));
