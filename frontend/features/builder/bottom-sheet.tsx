'use client';

import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';

/** What a panel at the side is on a phone: it comes up from the lower edge and leaves the top in sight. */
export function BottomSheet({ title, onClose, children }: { title: string; onClose(): void; children: ReactNode }) {
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0.15_0.01_230/0.45)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 bottom-0 z-40 flex max-h-[88dvh] animate-rise flex-col rounded-t-2xl bg-raised pb-[env(safe-area-inset-bottom)] shadow-float outline-none"
        >
          <header className="flex items-center gap-2 px-4 pt-2">
            <Dialog.Title className="flex-1 font-semibold">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <Button look="quiet" size="icon" aria-label="Close">
                <X />
              </Button>
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
