'use client';

import type { ReactNode } from 'react';
import type { Submission } from '@/lib/use-form';
import { Button } from './button';
import { Dialog, DialogActions } from './dialog';
import { Notice } from './notice';

interface FormProps {
  form: Submission;
  /** The verb of the button that sends it. */
  action: string;
  onClose(): void;
  children: ReactNode;
}

interface Props extends FormProps {
  title: string;
  description?: ReactNode;
}

/** Asks for a few values in a dialog, and stays open with what is wrong with them. */
export function FormDialog({ title, description, ...form }: Props) {
  return (
    <Dialog open onOpenChange={form.onClose} title={title} description={description}>
      <DialogForm {...form} />
    </Dialog>
  );
}

/** The form inside of a dialog: its fields, what is wrong with the whole, and the buttons. */
export function DialogForm({ form, action, onClose, children }: FormProps) {
  return (
    <form onSubmit={form.onSubmit} className="grid gap-4">
      {children}
      {form.error && <Notice tone="bad">{form.error}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" busy={form.busy}>
          {action}
        </Button>
      </DialogActions>
    </form>
  );
}
