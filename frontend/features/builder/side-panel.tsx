'use client';

import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { PHONE, useMedia } from '@/lib/use-media';
import { BottomSheet } from './bottom-sheet';

interface Props {
  title: string;
  about?: ReactNode;
  icon?: ReactNode;
  onClose(): void;
  children: ReactNode;
}

/** What is set up beside the canvas; on a phone it comes from the lower edge. */
export function SidePanel({ title, about, icon, onClose, children }: Props) {
  const isPhone = useMedia(PHONE);
  if (isPhone) {
    return (
      <BottomSheet title={title} onClose={onClose}>
        <div className="grid gap-4 px-4 pt-2 pb-8">{children}</div>
      </BottomSheet>
    );
  }
  return (
    <aside
      aria-label="Set up"
      onKeyDown={({ key, defaultPrevented }) => key === 'Escape' && !defaultPrevented && onClose()}
      className="flex w-96 shrink-0 animate-slide flex-col border-l bg-surface"
    >
      <header className="flex items-start gap-3 border-b px-4 py-3">
        {icon}
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold">{title}</h2>
          {about && <p className="text-ink-3 text-xs">{about}</p>}
        </div>
        <Button look="quiet" size="icon" aria-label="Close the panel" onClick={onClose}>
          <X />
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid gap-4 p-4">{children}</div>
      </div>
    </aside>
  );
}
