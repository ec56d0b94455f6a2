'use client';

import { type LucideIcon, Plus } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { LoadMore } from '@/components/load-more';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import type { usePages } from '@/lib/api/pages';
import { cn } from '@/lib/cn';

interface Listed {
  id: string;
  name: string;
}

export interface Column<T> {
  head: string;
  cell(row: T): ReactNode;
  /** `long` takes the room that is left, `menu` stands above the link of its row. */
  as?: 'number' | 'long' | 'menu';
  /** Left out where there is no room for it. */
  onPhone?: false;
}

interface Props<T extends Listed> {
  title: string;
  /** One of them, as in "New form". */
  one: string;
  icon: LucideIcon;
  /** What one is for, while there is none. */
  about: ReactNode;
  newHref: string;
  hrefOf(row: T): string;
  pages: ReturnType<typeof usePages<T>>;
  columns: Column<T>[];
}

const PHONE = 'max-sm:hidden';
const LOOKS = {
  number: '',
  long: 'w-full max-w-0 truncate text-ink-2',
  menu: 'relative z-10 w-12',
  text: 'text-ink-2',
};

/** A page that lists things by name, each row a link to its thing. */
export function ListPage<T extends Listed>({ title, one, icon, about, newHref, hrefOf, pages, columns }: Props<T>) {
  const add = (
    <Button asChild look="primary">
      <Link href={newHref}>
        <Plus /> New {one}
      </Link>
    </Button>
  );
  const heads = columns.map(({ head, as, onPhone }) => ({
    name: head,
    number: as === 'number',
    className: onPhone === false ? PHONE : '',
  }));
  return (
    <Page title={title} actions={add}>
      <PageBody>
        <Loaded
          query={pages}
          empty={
            <EmptyState icon={icon} title={`No ${one}s yet`} action={add}>
              {about}
            </EmptyState>
          }
        >
          {(rows) => (
            <>
              <Table label={title}>
                <TableHead columns={['Name', ...heads]} />
                <tbody>
                  {rows.map((row) => (
                    <Row key={row.id}>
                      <Cell className="truncate font-medium max-sm:w-full max-sm:max-w-0 sm:max-w-80">
                        <Link href={hrefOf(row)} className="fills-row">
                          {row.name}
                        </Link>
                      </Cell>
                      {columns.map(({ head, cell, as, onPhone }) => (
                        <Cell
                          key={head}
                          number={as === 'number'}
                          className={cn(LOOKS[as ?? 'text'], onPhone === false && PHONE)}
                        >
                          {cell(row)}
                        </Cell>
                      ))}
                    </Row>
                  ))}
                </tbody>
              </Table>
              <LoadMore pages={pages} />
            </>
          )}
        </Loaded>
      </PageBody>
    </Page>
  );
}
