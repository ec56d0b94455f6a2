'use client';

import { Page } from '@/components/ui/page';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { useSearchState } from '@/lib/use-search-state';
import { Activity } from './activity';
import { BrandForm } from './brand-form';
import { GivenUp } from './given-up';
import { Keys } from './keys';
import { LimitsForm } from './limits-form';
import { MailConnections } from './mail-connections';
import { People } from './people';
import { Profile } from './profile';
import { Suppressions } from './suppressions';
import { Topics } from './topics';
import { WorkspaceForm } from './workspace-form';

const TABS = [
  { value: 'workspace', label: 'Workspace' },
  { value: 'people', label: 'People' },
  { value: 'profile', label: 'Your password' },
  { value: 'mail', label: 'Mail' },
  { value: 'limits', label: 'Quiet hours and caps' },
  { value: 'brand', label: 'Brand' },
  { value: 'topics', label: 'Topics' },
  { value: 'suppressed', label: 'Suppressed' },
  { value: 'keys', label: 'Keys' },
  { value: 'activity', label: 'Activity' },
  { value: 'given-up', label: 'Given up' },
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
          <TabPanel value="profile">
            <Profile />
          </TabPanel>
          <TabPanel value="limits">
            <LimitsForm />
          </TabPanel>
          <TabPanel value="brand">
            <BrandForm />
          </TabPanel>
          <TabPanel value="suppressed">
            <Suppressions />
          </TabPanel>
          <TabPanel value="activity">
            <Activity />
          </TabPanel>
          <TabPanel value="given-up">
            <GivenUp />
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
