'use client';

import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from '@/lib/cn';

interface MenuProps {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
  /** Given where something else than the trigger opens it. */
  isOpen?: boolean;
  onClose?(): void;
  /** Takes the focus when the list has gone; without it, the trigger does. */
  onClosed?(): void;
}

/** A list of things to do, opened by its trigger. */
export function Menu({ trigger, children, align = 'end', isOpen, onClose, onClosed }: MenuProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={(is) => !is && onClose?.()}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            if (!onClosed) return;
            event.preventDefault();
            onClosed();
          }}
          className="z-50 max-h-[min(70dvh,var(--radix-dropdown-menu-content-available-height))] min-w-48 animate-rise overflow-y-auto rounded-lg bg-raised p-1 shadow-float"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  'flex h-8 select-none items-center gap-2 rounded-md px-2 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover pointer-coarse:h-11 [&>svg]:size-4 [&>svg]:text-ink-3';

export function MenuItem({ danger, className, ...props }: ComponentProps<typeof Radix.Item> & { danger?: boolean }) {
  return <Radix.Item className={cn(ITEM, danger && 'text-bad [&>svg]:text-bad', className)} {...props} />;
}

export function MenuChoice({ children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem className={ITEM} {...props}>
      <span className="flex-1">{children}</span>
      <Radix.ItemIndicator>
        <Check className="size-4 text-accent" />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

export const MenuChoices = Radix.RadioGroup;

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1.5 text-ink-3 text-xs">{children}</Radix.Label>;
}

export function MenuRule() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}

/** A choice of many: the menu stays open for the next. */
export function MenuCheck({
  checked,
  onToggle,
  children,
}: {
  checked: boolean;
  onToggle(): void;
  children: ReactNode;
}) {
  return (
    <Radix.CheckboxItem
      checked={checked}
      onCheckedChange={onToggle}
      onSelect={(event) => event.preventDefault()}
      className={ITEM}
    >
      <span className="flex-1">{children}</span>
      <Radix.ItemIndicator>
        <Check className="size-4 text-accent" />
      </Radix.ItemIndicator>
    </Radix.CheckboxItem>
  );
}
