'use client';

import { Upload, Users } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { SearchInput } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { useDebounced } from '@/lib/use-debounced';
import { ContactTable } from './contact-table';
import { ImportDialog } from './import-dialog';
import { useContacts } from './queries';

export function ContactList() {
  const [text, setText] = useState('');
  const q = useDebounced(text.trim());
  const contacts = useContacts({ q });
  const [importing, setImporting] = useState(false);
  const openImport = (
    <Button look="primary" onClick={() => setImporting(true)}>
      <Upload /> Import
    </Button>
  );
  return (
    <Page title="Contacts" actions={openImport}>
      <PageBody className="flex flex-col gap-3">
        <SearchInput
          aria-label="Find contacts"
          placeholder="Name, email or id"
          className="max-w-sm"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Loaded query={contacts} empty={q ? <NoMatch q={q} /> : <NoContacts action={openImport} />}>
          {(rows) => <ContactTable contacts={rows} pages={contacts} />}
        </Loaded>
      </PageBody>
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </Page>
  );
}

const NoMatch = ({ q }: { q: string }) => (
  <EmptyState icon={Users} title="Nobody by that name">
    No contact's name, address or id has “{q}” in it.
  </EmptyState>
);

const NoContacts = ({ action }: { action: React.ReactNode }) => (
  <EmptyState icon={Users} title="No contacts yet" action={action}>
    People come in by the events that your site sends, or from a CSV file. Each one gets a page with all they did and
    every step of their journeys.
  </EmptyState>
);
