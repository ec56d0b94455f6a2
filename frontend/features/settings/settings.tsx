'use client';

import { Page } from '@/components/ui/page';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { useSearchState } from '@/lib/use-search-state';
import { Keys } from './keys';
import { MailConnections } from './mail-connections';
import { People } from './people';
import { Topics } from './topics';
import { WorkspaceForm } from './workspace-form';

const TABS = [
  { value: 'workspace', label: 'Workspace' },
  { value: 'keys', label: 'Keys' },
  { value: 'mail', label: 'Mail' },
  { value: 'topics', label: 'Topics' },
  { value: 'people', label: 'People' },
];

export function Settings() {
  const [tab, setTab] = useSearchState('tab', 'workspace');
  return (
    <Page title="Settings">
      <Tabs label="Settings" tabs={TABS} value={tab} onValueChange={setTab}>
        <div className="w-full max-w-3xl">
          <TabPanel value="workspace">
            <WorkspaceForm />
          </TabPanel>
          <TabPanel value="keys">
            <Keys />
          </TabPanel>
          <TabPanel value="mail">
            <MailConnections />
          </TabPanel>
          <TabPanel value="topics">
            <Topics />
          </TabPanel>
          <TabPanel value="people">
            <People />
          </TabPanel>
        </div>
      </Tabs>
    </Page>
  );
}
