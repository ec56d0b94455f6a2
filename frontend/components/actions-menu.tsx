'use client';

import { Ellipsis, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Menu, MenuItem } from '@/components/ui/menu';

/** What can be done to a thing as a whole. */
export function ActionsMenu({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Menu
      trigger={
        <Button look="quiet" size="icon" aria-label={`Actions for ${name}`}>
          <Ellipsis />
        </Button>
      }
    >
      {children}
    </Menu>
  );
}

interface DeleteProps {
  name: string;
  /** What is lost and what stays. */
  consequences: ReactNode;
  onDelete(): Promise<unknown>;
}

/** The menu of a thing that can only be deleted, which cannot be undone. */
export function DeleteMenu({ name, consequences, onDelete }: DeleteProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ActionsMenu name={name}>
        <MenuItem danger onSelect={() => setAsking(true)}>
          <Trash2 /> Delete
        </MenuItem>
      </ActionsMenu>
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Delete “${name}”?`}
        description={consequences}
        action="Delete"
        danger
        onConfirm={onDelete}
      />
    </>
  );
}
