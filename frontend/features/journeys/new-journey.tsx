'use client';

import { PenLine } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Button } from '@/components/ui/button';
import { Page, PageBody } from '@/components/ui/page';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { useSearchState } from '@/lib/use-search-state';
import { FromFile } from './from-file';
import { Library } from './library';
import { useCreateJourney } from './queries';

const TABS = [
  { value: 'library', label: 'Library' },
  { value: 'file', label: 'From a file' },
];
const EMPTY = { name: 'Untitled journey', graph: { nodes: [], edges: [] }, settings: {} };

/** A journey begins empty, as one of the library, or as a file; it becomes a draft, and nothing runs. */
export function NewJourney() {
  const [from, setFrom] = useSearchState('from', 'library');
  const router = useRouter();
  const create = useCreateJourney();
  const begin = () => create.mutate(EMPTY, { onSuccess: ({ id }) => router.push(`/journeys/view?id=${id}`) });
  return (
    <Page
      title="New journey"
      back={{ href: '/journeys', label: 'Journeys' }}
      about="It begins as a draft. Nothing is sent before you publish it."
      actions={
        <Button look="primary" busy={create.isPending} onClick={begin}>
          <PenLine /> Empty canvas
        </Button>
      }
    >
      <Tabs label="Begin with" tabs={TABS} value={from} onValueChange={setFrom}>
        <TabPanel value="library">
          <Library />
        </TabPanel>
        <TabPanel value="file" className="p-0 outline-none">
          <PageBody className="max-w-3xl pt-5">
            <FromFile />
          </PageBody>
        </TabPanel>
      </Tabs>
    </Page>
  );
}
