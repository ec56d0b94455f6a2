import { keyNames } from '@/lib/use-keys';

/** Keys to press, each on its own cap. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-1">
      {keyNames(keys).map((name, place) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: the caps of one shortcut never move.
          key={place}
          className="grid h-5 min-w-5 place-items-center rounded border bg-surface px-1 font-sans text-2xs text-ink-2"
        >
          {name}
        </kbd>
      ))}
    </span>
  );
}
