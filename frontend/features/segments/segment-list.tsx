'use client';

import { PieChart, Plus } from 'lucide-react';
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
import { useSegments } from './queries';

export function SegmentList() {
  const segments = useSegments();
  const add = (
    <Button asChild look="primary">
      <Link href="/segments?id=new">
        <Plus /> New segment
      </Link>
    </Button>
  );
  return (
    <Page title="Segments" actions={add}>
      <PageBody>
        <Loaded
          query={segments}
          empty={
            <EmptyState icon={PieChart} title="No segments yet" action={add}>
              A segment is everyone who matches a rule, such as “bought twice in the last 30 days”. It follows events
              within seconds, and a journey can start when someone enters it.
            </EmptyState>
          }
        >
          {(rows) => (
            <>
              <Table label="Segments" className="max-sm:[&_td:nth-child(2)]:hidden max-sm:[&_th:nth-child(2)]:hidden">
                <TableHead columns={['Name', 'Everyone who', 'People#', 'Changed']} />
                <tbody>
                  {rows.map(({ id, name, rule, count, built_at, updated_at }) => (
                    <Row key={id}>
                      <Cell className="whitespace-nowrap font-medium">
                        <Link href={`/segments?id=${id}`} className="after:absolute after:inset-0">
                          {name}
                        </Link>
                      </Cell>
                      <Cell className="w-full max-w-0 truncate text-ink-2">{describeRule(rule)}</Cell>
                      <Cell number>{built_at ? formatNumber(count) : <span className="text-ink-3">at work</span>}</Cell>
                      <Cell className="text-ink-2">
                        <Ago at={updated_at} />
                      </Cell>
                    </Row>
                  ))}
                </tbody>
              </Table>
              <LoadMore pages={segments} />
            </>
          )}
        </Loaded>
      </PageBody>
    </Page>
  );
}
