'use client';

import { Plus, Route } from 'lucide-react';
import Link from 'next/link';
import { LoadMore } from '@/components/load-more';
import { StateBadge } from '@/components/state-badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import type { JourneyRow } from '@/lib/api/types';
import { formatNumber } from '@/lib/format';
import { JourneyMenu } from './journey-menu';
import { useJourneys } from './queries';

const COLUMNS = ['Journey', 'State', 'Entered#', 'Active#', 'Completed#', 'Updated', ''];

export function JourneyList() {
  const journeys = useJourneys();
  const add = (
    <Button asChild look="primary">
      <Link href="/journeys/new">
        <Plus /> New journey
      </Link>
    </Button>
  );
  return (
    <Page title="Journeys" actions={add}>
      <PageBody>
        <Loaded query={journeys} empty={<NoJourneys action={add} />}>
          {(rows) => (
            <>
              <Table label="Journeys" className="max-md:hidden">
                <TableHead columns={COLUMNS} />
                <tbody>
                  {rows.map((journey) => (
                    <JourneyLine key={journey.id} journey={journey} />
                  ))}
                </tbody>
              </Table>
              <ul className="grid gap-2 md:hidden">
                {rows.map((journey) => (
                  <JourneyCard key={journey.id} journey={journey} />
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

function JourneyLine({ journey }: { journey: JourneyRow }) {
  const { id, name, state, version, counts, updated_at } = journey;
  return (
    <Row>
      <Cell className="w-full max-w-0">
        <Link href={`/journeys/view?id=${id}`} className="block truncate font-medium after:absolute after:inset-0">
          {name}
        </Link>
      </Cell>
      <Cell className="whitespace-nowrap">
        <StateBadge state={state} />
        {version && <span className="num ml-2 text-ink-3 text-xs">v{version}</span>}
      </Cell>
      <Cell number>{numberOf(counts?.entered)}</Cell>
      <Cell number>{numberOf(counts?.active)}</Cell>
      <Cell number>{numberOf(counts?.completed)}</Cell>
      <Cell className="text-ink-2">
        <Ago at={updated_at} />
      </Cell>
      <Cell className="relative z-10 w-12">
        <JourneyMenu journey={journey} />
      </Cell>
    </Row>
  );
}

function JourneyCard({ journey }: { journey: JourneyRow }) {
  const { id, name, state, counts } = journey;
  return (
    <li className="relative rounded-lg border bg-surface p-4">
      <div className="flex items-start gap-3">
        <Link href={`/journeys/view?id=${id}`} className="min-w-0 flex-1 font-medium after:absolute after:inset-0">
          {name}
        </Link>
        <StateBadge state={state} />
      </div>
      <p className="num mt-2 text-ink-2 text-xs">
        {numberOf(counts?.entered)} entered · {numberOf(counts?.active)} active · {numberOf(counts?.completed)}{' '}
        completed
      </p>
    </li>
  );
}

function NoJourneys({ action }: { action: React.ReactNode }) {
  return (
    <EmptyState icon={Route} title="No journeys yet" action={action}>
      A journey starts when something happens, such as a sign-up, and then waits, decides and sends for each person.
      Each one will be listed here with the people inside.
    </EmptyState>
  );
}
