'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { Button } from './button';
import { DialogContent } from './dialog-content';

interface Props {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** `sheet` comes in from the side and is as high as the window. */
  as?: 'dialog' | 'sheet';
  className?: string;
}

const PLACE = {
  dialog:
    'top-[max(5vh,16px)] left-1/2 max-h-[90dvh] w-[min(560px,calc(100vw-24px))] -translate-x-1/2 animate-rise rounded-xl sm:top-[12vh] sm:max-h-[76dvh]',
  sheet: 'inset-y-0 right-0 h-dvh w-[min(640px,100vw)] animate-slide sm:rounded-l-xl',
};

/** Something to decide or read before going on. Focus stays inside, Escape closes. */
export function Dialog({ open, onOpenChange, title, description, children, as = 'dialog', className }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0.15_0.01_230/0.45)]" />
        <DialogContent
          className={cn(
            'fixed z-40 flex flex-col overflow-hidden bg-raised shadow-float outline-none',
            PLACE[as],
            className,
          )}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className="px-5 pt-4 pr-14 pb-3">
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
            {description && <Radix.Description className="mt-0.5 text-ink-2 text-sm">{description}</Radix.Description>}
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {/* The last in order, so that the focus begins where the work is. */}
          <Radix.Close asChild>
            <Button look="quiet" size="icon" aria-label="Close" className="absolute top-3 right-3">
              <X />
            </Button>
          </Radix.Close>
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The buttons at the end of a dialog, the one that does it last. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}
