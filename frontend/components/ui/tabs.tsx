'use client';

import { Tabs as Radix } from 'radix-ui';
import { type ReactNode, useEffect, useRef } from 'react';

interface Tab {
  value: string;
  label: ReactNode;
}

interface Props {
  tabs: Tab[];
  value: string;
  onValueChange(value: string): void;
  children: ReactNode;
  label: string;
}

/** Faces of one thing; the open one is kept by the page, in its address. */
export function Tabs({ tabs, value, onValueChange, children, label }: Props) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the open face is the one that must be in sight.
  useEffect(() => {
    const open = list.current?.querySelector<HTMLElement>('[data-state=active]');
    if (open && list.current)
      list.current.scrollLeft = open.offsetLeft - (list.current.clientWidth - open.offsetWidth) / 2;
  }, [value]);
  return (
    <Radix.Root value={value} onValueChange={onValueChange} className="flex min-h-0 flex-1 flex-col">
      <Radix.List ref={list} aria-label={label} className="relative flex gap-5 overflow-x-auto border-b px-4 sm:px-6">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px h-10 whitespace-nowrap border-transparent border-b-2 text-ink-2 text-sm outline-offset-[-2px] transition-colors hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink pointer-coarse:h-11"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {children}
    </Radix.Root>
  );
}

export function TabPanel({ value, children, className }: { value: string; children: ReactNode; className?: string }) {
  return (
    <Radix.Content value={value} tabIndex={-1} className={className ?? 'px-4 py-5 outline-none sm:px-6'}>
      {children}
    </Radix.Content>
  );
}
