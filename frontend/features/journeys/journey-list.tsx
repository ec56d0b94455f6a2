'use client';

import { FileUp, Plus, Route } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { GivenUpNotice } from '@/components/given-up-notice';
import { LoadMore } from '@/components/load-more';
import { StateBadge } from '@/components/state-badge';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Filters } from '@/components/ui/filters';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { Sparkline } from '@/components/ui/sparkline';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import type { JourneyRow } from '@/lib/api/types';
import { formatNumber } from '@/lib/format';
import { useSearchState } from '@/lib/use-search-state';
import { JourneyMenu } from './journey-menu';
import { useEntries, useJourneys } from './queries';

const COLUMNS = [
  'Journey',
  'State',
  'Last 14 days',
  'Entered#',
  'Active#',
  'Completed#',
  'Updated',
  { name: 'Actions', isHidden: true },
];
const STATES = [
  { value: '', label: 'All' },
  { value: 'live', label: 'Live' },
  { value: 'draft', label: 'Drafts' },
  { value: 'paused', label: 'Paused' },
  { value: 'archived', label: 'Archived' },
];
const NONE = Array<number>(14).fill(0);

export function JourneyList() {
  const [state, setState] = useSearchState('state');
  const [tag, setTag] = useSearchState('tag');
  const journeys = useJourneys({ state, tag });
  const entries = useEntries();
  const tags = [...new Set([...(journeys.data ?? []).flatMap((journey) => journey.tags), tag])].filter(Boolean).sort();
  const isFiltered = !!state || !!tag;
  const add = (
    <Button asChild look="primary">
      <Link href="/journeys/new">
        <Plus /> New journey
      </Link>
    </Button>
  );
  return (
    <Page title="Journeys" actions={add}>
      <PageBody className="flex flex-col gap-3">
        <GivenUpNotice />
        {(isFiltered || !!journeys.data?.length) && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Filters label="State" options={STATES} value={state} onChange={setState} />
            {tags.length > 0 && (
              <Filters
                label="Tag"
                options={tags.map((name) => ({ value: name, label: `#${name}` }))}
                value={tag}
                onChange={(name) => setTag(name === tag ? '' : name)}
              />
            )}
          </div>
        )}
        <Loaded query={journeys} empty={isFiltered ? <NoneOfThem /> : <NoJourneys action={add} />}>
          {(rows) => (
            <>
              <Table label="Journeys" className="max-md:hidden">
                <TableHead columns={COLUMNS} />
                <tbody>
                  {rows.map((journey) => (
                    <JourneyLine key={journey.id} journey={journey} days={entries[journey.id] ?? NONE} />
                  ))}
                </tbody>
              </Table>
              <ul className="grid gap-2 md:hidden">
                {rows.map((journey) => (
                  <JourneyCard key={journey.id} journey={journey} days={entries[journey.id] ?? NONE} />
                ))}
              </ul>
              <LoadMore pages={journeys} />
            </>
          )}
        </Loaded>
      </PageBody>
    </Page>
  );
}

const numberOf = (value: number | undefined) => (value === undefined ? '–' : formatNumber(value));

interface LineProps {
  journey: JourneyRow;
  days: number[];
}

function JourneyLine({ journey, days }: LineProps) {
  const { id, name, state, version, counts, updated_at, tags } = journey;
  const people = (which: string) => `/journeys/view?id=${id}&tab=people&state=${which}`;
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <span className="flex items-center gap-2">
          <Link href={`/journeys/view?id=${id}`} className="truncate font-medium fills-row">
            {name}
          </Link>
          {tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      </Cell>
      <Cell className="whitespace-nowrap">
        <StateBadge state={state} />
        {version && <span className="num ml-2 text-ink-3 text-xs">v{version}</span>}
      </Cell>
      <Cell>
        <Sparkline days={days} noun="entered" />
      </Cell>
      <Cell number>
        <Behind href={people('')}>{numberOf(counts?.entered)}</Behind>
      </Cell>
      <Cell number>
        <Behind href={people('active')}>{numberOf(counts?.active)}</Behind>
      </Cell>
      <Cell number>
        <Behind href={people('completed')}>{numberOf(counts?.completed)}</Behind>
      </Cell>
      <Cell className="text-ink-2">
        <Ago at={updated_at} />
      </Cell>
      <Cell className="relative z-10 w-12">
        <JourneyMenu journey={journey} />
      </Cell>
    </Row>
  );
}

/** A number that leads to the people it counts. */
const Behind = ({ href, children }: { href: string; children: ReactNode }) => (
  <Link href={href} className="relative z-10 -mx-1 rounded px-1 hover:text-accent-ink hover:underline">
    {children}
  </Link>
);

function JourneyCard({ journey, days }: LineProps) {
  const { id, name, state, counts, tags } = journey;
  return (
    <li className="relative rounded-lg border bg-surface p-4">
      <div className="flex items-start gap-2">
        <Link href={`/journeys/view?id=${id}`} className="min-w-0 flex-1 font-medium fills-row">
          <span className="line-clamp-2">{name}</span>
        </Link>
        <StateBadge state={state} />
        <span className="relative z-10 -mt-2 -mr-2">
          <JourneyMenu journey={journey} />
        </span>
      </div>
      <div className="mt-1 flex items-end justify-between gap-3">
        <p className="num text-ink-2 text-xs">
          {numberOf(counts?.entered)} entered · {numberOf(counts?.active)} active · {numberOf(counts?.completed)}{' '}
          completed
        </p>
        <Sparkline days={days} noun="entered" />
      </div>
      {tags.length > 0 && (
        <p className="mt-2 flex flex-wrap gap-1">
          {tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </p>
      )}
    </li>
  );
}

const NoneOfThem = () => (
  <EmptyState icon={Route} title="None of them">
    No journey is in this state and has this tag.
  </EmptyState>
);

function NoJourneys({ action }: { action: ReactNode }) {
  return (
    <EmptyState
      icon={Route}
      title="No journeys yet"
      action={
        <>
          {action}
          <Button asChild>
            <Link href="/journeys/new?from=file">
              <FileUp /> Import a file
            </Link>
          </Button>
        </>
      }
    >
      A journey starts when something happens, such as a sign-up, and then waits, decides and sends for each person.
      Begin with one from the library, or with an empty canvas.
    </EmptyState>
  );
}
