import type { LucideIcon } from 'lucide-react';
import { useEffect } from 'react';

/** Something to do or to go to, from the list that Ctrl or Cmd with K opens. */
export interface Command {
  /** Tells apart what has the same label. */
  id?: string;
  icon: LucideIcon;
  label: string;
  hint?: string;
  keys?: string;
  href?: string;
  run?(): void;
}

type Offer = (text: string) => Command[];

const NOTHING: Offer = () => [];
let offer = NOTHING;

/** What the page that is open adds to the list, by what was typed. It is asked only while the list is open. */
export const commandsHere: Offer = (text) => offer(text);

/** Offers commands for as long as the page is there. */
export function useCommands(next: Offer): void {
  useEffect(() => {
    offer = next;
    return () => {
      offer = NOTHING;
    };
  });
}
