'use client';

import { Upload, UserPlus, Users } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import type { ContactView } from '@/lib/api/types';
import { useSearchState } from '@/lib/use-search-state';
import { BulkBar } from './bulk-bar';
import { useViews } from './bulk-queries';
import { FIRST_COLUMNS } from './columns';
import { ContactTable } from './contact-table';
import { useContacts } from './queries';
import { Toolbar } from './toolbar';
import { useColumns } from './use-columns';
import { foundBy, isEverybody, useSearch } from './use-search';
import { useSelection } from './use-selection';
import { Views } from './views';

const ContactForm = dynamic(() => import('./contact-form').then((module) => module.ContactForm), { ssr: false });
const ImportWizard = dynamic(() => import('./import-wizard').then((module) => module.ImportWizard), { ssr: false });

/** Everyone, or those that a search finds: looked at, and acted on together. */
export function ContactList() {
  const [search, viewId, setSearch] = useSearch();
  const views = useViews();
  const view = views.data?.find(({ id }) => id === viewId);
  const [columns, setColumns] = useColumns(view);
  const contacts = useContacts(search);
  const selection = useSelection(JSON.stringify(foundBy(search)), contacts.data);
  const [importing, setImporting] = useSearchState('import');
  const [adding, setAdding] = useSearchState('new');
  const router = useRouter();
  const actions = (
    <>
      <Button onClick={() => setAdding('1')}>
        <UserPlus /> Add
      </Button>
      <Button look="primary" onClick={() => setImporting('1')}>
        <Upload /> Import
      </Button>
    </>
  );
  const open = (picked: ContactView | null) => {
    setSearch(picked?.search ?? {}, picked?.id);
    setColumns(picked?.columns.length ? picked.columns : FIRST_COLUMNS);
  };
  return (
    <Page title="Contacts" actions={actions}>
      <PageBody className="flex flex-col gap-3">
        <Views views={views.data ?? []} openId={viewId} search={search} columns={columns} onOpen={open} />
        <Toolbar search={search} onSearch={(next) => setSearch(next)} columns={columns} onColumns={setColumns} />
        <Loaded query={contacts} empty={isEverybody(search) ? <NoContacts action={actions} /> : <NoMatch />}>
          {(rows) => (
            <ContactTable
              contacts={rows}
              pages={contacts}
              columns={columns}
              selection={selection}
              sort={search.sort}
              onSort={(sort) => setSearch({ ...search, sort })}
            />
          )}
        </Loaded>
      </PageBody>
      <BulkBar selection={selection} search={search} />
      {adding && (
        <ContactForm onSaved={({ id }) => router.push(`/contacts/view?id=${id}`)} onClose={() => setAdding('')} />
      )}
      {importing && <ImportWizard onClose={() => setImporting('')} />}
    </Page>
  );
}

const NoMatch = () => (
  <EmptyState icon={Users} title="Nobody matches">
    No contact is found by these words and conditions. Take one away to see more people.
  </EmptyState>
);

const NoContacts = ({ action }: { action: ReactNode }) => (
  <EmptyState icon={Users} title="No contacts yet" action={action}>
    People come in by the events that your site sends, or from a CSV file. Each one gets a page with all they did and
    every step of their journeys.
  </EmptyState>
);
