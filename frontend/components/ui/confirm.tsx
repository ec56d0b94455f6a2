'use client';

import { type ReactNode, useState } from 'react';
import { Button } from './button';
import { Dialog, DialogActions } from './dialog';

interface Props {
  title: string;
  description: ReactNode;
  action: string;
  danger?: boolean;
  onConfirm(): Promise<unknown>;
  children?: ReactNode;
  open: boolean;
  onOpenChange(open: boolean): void;
}

/** Asks before something that is hard to take back. It stays open while at work, and when it fails. */
export function Confirm({ title, description, action, danger, onConfirm, children, open, onOpenChange }: Props) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch {
      // The failed mutation has said why in a toast; the question stays open for another try.
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={description}>
      {children}
      <DialogActions>
        <Button onClick={() => onOpenChange(false)}>Cancel</Button>
        <Button look={danger ? 'danger' : 'primary'} busy={busy} onClick={confirm}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
