'use client';

import { ClipboardList, Plus } from 'lucide-react';
import Link from 'next/link';
import { LoadMore } from '@/components/load-more';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import { useForms } from './queries';

export function FormList() {
  const forms = useForms();
  const add = (
    <Button asChild look="primary">
      <Link href="/forms?id=new">
        <Plus /> New form
      </Link>
    </Button>
  );
  return (
    <Page title="Forms" actions={add}>
      <PageBody>
        <Loaded
          query={forms}
          empty={
            <EmptyState icon={ClipboardList} title="No forms yet" action={add}>
              A form takes in people from a page of yours: paste its HTML there. Whoever sends it becomes a contact, and
              a journey can start with it.
            </EmptyState>
          }
        >
          {(rows) => (
            <>
              <Table label="Forms">
                <TableHead columns={['Name', 'Fields', 'State', 'Made']} />
                <tbody>
                  {rows.map(({ id, name, fields, disabled, created_at }) => (
                    <Row key={id}>
                      <Cell className="font-medium">
                        <Link href={`/forms?id=${id}`} className="after:absolute after:inset-0">
                          {name}
                        </Link>
                      </Cell>
                      <Cell className="w-full max-w-0 truncate text-ink-2">
                        {fields.map((field) => field.label || field.name).join(', ')}
                      </Cell>
                      <Cell>
                        <Badge tone={disabled ? 'neutral' : 'ok'} dot>
                          {disabled ? 'Closed' : 'Open'}
                        </Badge>
                      </Cell>
                      <Cell className="text-ink-2">
                        <Ago at={created_at} />
                      </Cell>
                    </Row>
                  ))}
                </tbody>
              </Table>
              <LoadMore pages={forms} />
            </>
          )}
        </Loaded>
      </PageBody>
    </Page>
  );
}
