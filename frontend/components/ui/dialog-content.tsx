'use client';

import { Dialog as Radix } from 'radix-ui';
import { type ComponentProps, useState } from 'react';

/** What has the focus now; of an open menu, the button that opened it, for the menu is about to go. */
function opener(): HTMLElement | null {
  const focused = document.activeElement;
  const menu = focused?.closest('[role="menu"]');
  const by = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : focused;
  return by instanceof HTMLElement ? by : null;
}

/** The inside of a dialog. Most of ours have no trigger, so it gives the focus back to what had it before. */
export function DialogContent(props: ComponentProps<typeof Radix.Content>) {
  const [from] = useState(opener);
  return (
    <Radix.Content
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        from?.focus();
      }}
      {...props}
    />
  );
}
