'use client';

import { Ban, Download, Eraser, Pencil, Route } from 'lucide-react';
import { useState } from 'react';
import { ActionsMenu } from '@/components/actions-menu';
import { Confirm } from '@/components/ui/confirm';
import { MenuItem, MenuRule } from '@/components/ui/menu';
import { API_URL } from '@/lib/api/client';
import type { ContactDetail } from '@/lib/api/types';
import { nameOf } from '@/lib/format';
import { ContactForm } from './contact-form';
import { EnrollDialog } from './enroll-dialog';
import { useContactActions } from './queries';

/** What the law lets a person ask of us, and what we may decide ourselves. */
export function ContactMenu({ contact }: { contact: ContactDetail }) {
  const { suppress, erase } = useContactActions(contact.id);
  const [asked, setAsked] = useState<'edit' | 'suppress' | 'erase' | 'enroll' | null>(null);
  const name = nameOf(contact);
  const close = () => setAsked(null);
  return (
    <>
      <ActionsMenu name={name}>
        <MenuItem onSelect={() => setAsked('edit')}>
          <Pencil /> Edit the profile
        </MenuItem>
        <MenuItem onSelect={() => setAsked('enroll')}>
          <Route /> Enroll in a journey
        </MenuItem>
        <MenuItem asChild>
          <a href={`${API_URL}/api/contacts/${contact.id}/export`} download>
            <Download /> Export all data
          </a>
        </MenuItem>
        {!contact.suppression && (
          <MenuItem onSelect={() => setAsked('suppress')}>
            <Ban /> Suppress
          </MenuItem>
        )}
        <MenuRule />
        <MenuItem danger onSelect={() => setAsked('erase')}>
          <Eraser /> Erase
        </MenuItem>
      </ActionsMenu>
      {asked === 'edit' && <ContactForm contact={contact} onSaved={close} onClose={close} />}
      {asked === 'enroll' && <EnrollDialog contact={contact} onClose={close} />}
      <Confirm
        open={asked === 'suppress'}
        onOpenChange={close}
        title={`Suppress ${name}?`}
        description="No mail is sent to this address any more, whatever a journey says."
        action="Suppress"
        onConfirm={() => suppress.mutateAsync()}
      />
      <Confirm
        open={asked === 'erase'}
        onOpenChange={close}
        title={`Erase ${name}?`}
        description="Their data is deleted, they leave every journey, and the address cannot come back in. This cannot be undone."
        action="Erase"
        danger
        onConfirm={() => erase.mutateAsync()}
      />
    </>
  );
}
