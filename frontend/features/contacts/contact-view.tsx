'use client';

import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Skeleton } from '@/components/ui/skeleton';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import type { ContactDetail } from '@/lib/api/types';
import { nameOf } from '@/lib/format';
import { useSearchState } from '@/lib/use-search-state';
import { ContactMenu } from './contact-menu';
import { ContactMessages } from './contact-messages';
import { Enrollments } from './enrollments';
import { Profile } from './profile';
import { useContact } from './queries';
import { Timeline } from './timeline';
import { WhyNotCard } from './why-not';

export function ContactView() {
  const [id] = useSearchState('id');
  const contact = useContact(id);
  return (
    <Loaded query={contact} loading={<LoadingContact />}>
      {(loaded) => <OpenContact contact={loaded} />}
    </Loaded>
  );
}

const TABS = [
  { value: 'journeys', label: 'Journeys' },
  { value: 'timeline', label: 'Timeline' },
  { value: 'messages', label: 'Messages' },
];

function OpenContact({ contact }: { contact: ContactDetail }) {
  const [tab, setTab] = useSearchState('tab', 'journeys');
  const name = nameOf(contact);
  return (
    <Page
      title={name}
      about={contact.email === name ? undefined : contact.email}
      back={{ href: '/contacts', label: 'Contacts' }}
      actions={<ContactMenu contact={contact} />}
    >
      <div className="grid flex-1 gap-x-6 border-t lg:grid-cols-[minmax(0,1fr)_340px]">
        <div className="min-w-0 lg:border-r">
          <Tabs label="Contact" tabs={TABS} value={tab} onValueChange={setTab}>
            <TabPanel value="journeys">
              <Enrollments enrollments={contact.enrollments ?? []} />
              <WhyNotCard contact={contact} />
            </TabPanel>
            <TabPanel value="timeline">
              <Timeline contactId={contact.id} />
            </TabPanel>
            <TabPanel value="messages">
              <ContactMessages messages={contact.messages ?? []} />
            </TabPanel>
          </Tabs>
        </div>
        <aside aria-label="About this person" className="px-4 py-5 max-lg:border-t sm:px-6 lg:pl-0">
          <Profile contact={contact} />
        </aside>
      </div>
    </Page>
  );
}

function LoadingContact() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-4 p-6 lg:grid-cols-[1fr_340px]">
      <Skeleton className="h-8 w-56 lg:col-span-2" />
      <Skeleton className="h-80" />
      <Skeleton className="h-80" />
    </div>
  );
}
