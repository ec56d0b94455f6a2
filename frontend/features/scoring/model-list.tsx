'use client';

import { ChartNoAxesColumn, Plus } from 'lucide-react';
import Link from 'next/link';
import { LoadMore } from '@/components/load-more';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import { formatNumber } from '@/lib/format';
import { describeRule } from '@/lib/rules/words';
import { useModels } from './queries';

export function ModelList() {
  const models = useModels();
  const add = (
    <Button asChild look="primary">
      <Link href="/scoring?new=1">
        <Plus /> New score
      </Link>
    </Button>
  );
  return (
    <Page title="Scoring" actions={add}>
      <PageBody>
        <Loaded
          query={models}
          empty={
            <EmptyState icon={ChartNoAxesColumn} title="No scores yet" action={add}>
              A score adds up points for what is known of somebody, such as 10 for a visit to the prices. Segments and
              journeys can ask for it, and follow it as it changes.
            </EmptyState>
          }
        >
          {(rows) => (
            <>
              <Table label="Scores" className="max-sm:[&_td:nth-child(2)]:hidden max-sm:[&_th:nth-child(2)]:hidden">
                <TableHead columns={['Name', 'Points for', 'Rules#', 'Changed']} />
                <tbody>
                  {rows.map(({ id, slug, name, rules, updated_at }) => (
                    <Row key={id}>
                      <Cell className="whitespace-nowrap font-medium">
                        <Link href={`/scoring?model=${slug}`} className="after:absolute after:inset-0">
                          {name}
                        </Link>
                      </Cell>
                      <Cell className="w-full max-w-0 truncate text-ink-2">
                        {rules.map(({ label, rule }) => label || describeRule(rule)).join('; ')}
                      </Cell>
                      <Cell number>{formatNumber(rules.length)}</Cell>
                      <Cell className="text-ink-2">
                        <Ago at={updated_at} />
                      </Cell>
                    </Row>
                  ))}
                </tbody>
              </Table>
              <LoadMore pages={models} />
            </>
          )}
        </Loaded>
      </PageBody>
    </Page>
  );
}
