'use client';

import { Tooltip } from '@/components/ui/tooltip';
import { colourOf } from '@/lib/live/presence';
import { useOthers } from './use-presence';

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
    .toUpperCase();

/** Who else has this journey open. */
export function Avatars() {
  const others = useOthers((all) => all);
  if (others.size === 0) return null;
  return (
    <ul aria-label="Also here" className="flex -space-x-1.5 max-sm:hidden">
      {[...others.values()].map((someone) => (
        <li key={someone.socket_id}>
          <Tooltip text={`${someone.name} is here too`}>
            <span
              className="grid size-7 place-items-center rounded-full border-2 border-surface font-medium text-2xs text-white"
              style={{ background: colourOf(someone) }}
            >
              {initials(someone.name)}
            </span>
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}
