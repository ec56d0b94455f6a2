'use client';

import dynamic from 'next/dynamic';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Page, PageBody } from '@/components/ui/page';
import { Skeleton } from '@/components/ui/skeleton';
import { Spinner } from '@/components/ui/spinner';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { isProblem } from '@/lib/api/problem';
import type { Rule, Segment } from '@/lib/api/types';
import { count } from '@/lib/format';
import { parseRule } from '@/lib/rules/parse';
import { isUnfinished } from '@/lib/rules/tree';
import { describeRule } from '@/lib/rules/words';
import { toast } from '@/lib/toast';
import { useDebounced } from '@/lib/use-debounced';
import { useSearchState } from '@/lib/use-search-state';
import { Explain } from './explain';
import { Members } from './members';
import { Overlap } from './overlap';
import { usePreview, useRetrySegment, useSaveSegment } from './queries';
import { RulePreview } from './rule-preview';
import { SegmentMenu } from './segment-menu';
import { Starters } from './starters';

const RuleBuilder = dynamic(() => import('@/features/rules/rule-builder').then((module) => module.RuleBuilder), {
  ssr: false,
  loading: () => <Skeleton className="h-24" />,
});

const TABS = [
  { value: 'rule', label: 'Rule' },
  { value: 'members', label: 'Members' },
  { value: 'overlap', label: 'Overlap' },
  { value: 'explain', label: 'Why is someone in?' },
];

/** A saved segment: its rule, who is in it, and why. */
export function SavedSegmentView({ segment }: { segment: Segment }) {
  const [tab, setTab] = useSearchState('tab', 'rule');
  return (
    <Page
      title={segment.name}
      back={{ href: '/segments', label: 'Segments' }}
      about={<Size segment={segment} />}
      actions={<SegmentMenu segment={segment} />}
    >
      <Tabs label="Segment" tabs={TABS} value={tab} onValueChange={setTab}>
        <TabPanel value="rule">
          <SegmentForm segment={segment} />
        </TabPanel>
        <TabPanel value="members">
          <Members segmentId={segment.id} />
        </TabPanel>
        <TabPanel value="overlap">
          <Overlap segment={segment} />
        </TabPanel>
        <TabPanel value="explain">
          <Explain segment={segment} />
        </TabPanel>
      </Tabs>
    </Page>
  );
}

function Size({ segment: { id, count: size, built_at, failed, error } }: { segment: Segment }) {
  const retry = useRetrySegment(id);
  if (built_at) return count(size, 'person is in it', 'people are in it');
  if (failed)
    return (
      <span className="inline-flex flex-wrap items-center gap-2 text-warn">
        Who is in it could not be found: {error}
        <Button size="sm" busy={retry.isPending} onClick={() => retry.mutate()}>
          Try again
        </Button>
      </span>
    );
  return (
    <span role="status" className="inline-flex items-center gap-2">
      <Spinner className="size-3.5" /> Finding who is in it
    </span>
  );
}

export function NewSegmentView() {
  const { rule } = parseRule(useSearchParams().get('rule') ?? '');
  return (
    <Page
      title="New segment"
      back={{ href: '/segments', label: 'Segments' }}
      about="Everyone for whom the rule holds, followed within seconds of each event."
    >
      <PageBody>
        <SegmentForm rule={rule} />
      </PageBody>
    </Page>
  );
}

/** A rule beside the people it picks. */
function SegmentForm({ segment, rule: begun = null }: { segment?: Segment; rule?: Rule | null }) {
  const [name, setName] = useState(segment?.name ?? '');
  const [rule, setRule] = useState<Rule | null>(segment?.rule ?? begun);
  const isReady = rule !== null && !isUnfinished(rule);
  const preview = usePreview(useDebounced(isReady ? rule : null, 400));
  const router = useRouter();
  const save = useSaveSegment(segment?.id ?? null);
  const submit = () =>
    rule &&
    save.mutate(
      { name, rule },
      {
        onSuccess: (saved) => {
          toast.success('Saved', {
            description: saved.built_at ? undefined : 'There are many people to look at: their number follows.',
          });
          router.replace(`/segments?id=${saved.id}`);
        },
      },
    );
  const refused = isProblem(preview.error, 422) ? preview.error.message : undefined;
  return (
    <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="grid min-w-0 gap-4">
        {save.error && <Notice tone="bad">{save.error.message}</Notice>}
        <Field label="Name">
          {(wiring) => (
            <Input {...wiring} className="max-w-md" value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Card
          title="Everyone who"
          description={rule && isReady ? describeRule(rule) : 'Add conditions, or begin with one of these.'}
        >
          <div className="grid gap-4">
            {!rule && <Starters onPick={setRule} />}
            <RuleBuilder value={rule} onChange={setRule} />
            {refused && <Notice tone="bad">{refused}</Notice>}
          </div>
        </Card>
        <Button
          look="primary"
          className="justify-self-start"
          busy={save.isPending}
          disabled={!isReady || !name.trim()}
          onClick={submit}
        >
          Save segment
        </Button>
      </div>
      <RulePreview preview={isReady ? preview.data : undefined} isReady={isReady} />
    </div>
  );
}
