import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { count } from '@/lib/format';

interface Props {
  id: string;
  name: string;
  size: number;
  onUnfold(): void;
  className?: string;
  children?: ReactNode;
}

/** What a group goes by while nobody has named it. */
export const nameOfGroup = (name: string): string => name || 'Group';

/** Steps that are folded into one: their name, how many they are, and a way to see them. */
export function GroupCard({ id, name, size, onUnfold, className, children }: Props) {
  return (
    <div
      data-testid={`group-${id}`}
      className={cn(
        'relative h-full w-60 rounded-lg border border-line-strong bg-surface text-left shadow-[3px_3px_0_-1px_var(--surface),3px_3px_0_0_var(--line-strong)]',
        className,
      )}
    >
      <div className="flex items-start gap-2 py-2.5 pr-2 pl-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium text-sm">{nameOfGroup(name)}</p>
          <p className="text-ink-3 text-xs">{count(size, 'step')}</p>
        </div>
        <button
          type="button"
          aria-label={`Unfold ${nameOfGroup(name)}`}
          onClick={onUnfold}
          className="nodrag nopan grid size-7 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink pointer-coarse:size-11"
        >
          <ChevronsUpDown aria-hidden className="size-4" />
        </button>
      </div>
      {children}
    </div>
  );
}

interface FrameProps {
  id: string;
  name: string;
  size: { width?: number; height?: number };
  onFold(): void;
  /** Makes the name a button that selects the steps. */
  onSelect?(): void;
}

/** The frame around the steps of a group. */
export function GroupFrame({ id, name, size, onFold, onSelect }: FrameProps) {
  const called = nameOfGroup(name);
  return (
    <section
      aria-label={called}
      data-testid={`group-${id}`}
      style={size}
      className="rounded-xl border border-line-strong border-dashed bg-ink/[0.025]"
    >
      <header className="group-handle pointer-events-auto flex h-7 items-center gap-1 pr-1 pl-2 font-medium text-ink-2 text-xs">
        {onSelect ? (
          <button type="button" onClick={onSelect} className="min-w-0 truncate rounded px-1 hover:bg-hover">
            {called}
          </button>
        ) : (
          <span className="min-w-0 truncate px-1">{called}</span>
        )}
        <button
          type="button"
          aria-label={`Fold ${called}`}
          onClick={onFold}
          className="nodrag nopan ml-auto grid size-6 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink pointer-coarse:size-9"
        >
          <ChevronsDownUp aria-hidden className="size-3.5" />
        </button>
      </header>
    </section>
  );
}
