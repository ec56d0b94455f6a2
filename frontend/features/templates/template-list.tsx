'use client';

import { FileText, Plus } from 'lucide-react';
import Link from 'next/link';
import { LoadMore } from '@/components/load-more';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Page, PageBody } from '@/components/ui/page';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import { useTemplates } from './queries';

export function TemplateList() {
  const templates = useTemplates();
  const add = (
    <Button asChild look="primary">
      <Link href="/templates?id=new">
        <Plus /> New template
      </Link>
    </Button>
  );
  return (
    <Page title="Templates" actions={add}>
      <PageBody>
        <Loaded
          query={templates}
          empty={
            <EmptyState icon={FileText} title="No templates yet" action={add}>
              A template is a mail that several journeys can send: MJML or HTML, with each contact's values filled in.
            </EmptyState>
          }
        >
          {(rows) => (
            <>
              <Table label="Templates">
                <TableHead columns={['Name', 'Subject', 'Changed']} />
                <tbody>
                  {rows.map(({ id, name, subject, updated_at }) => (
                    <Row key={id}>
                      <Cell className="whitespace-nowrap font-medium">
                        <Link href={`/templates?id=${id}`} className="after:absolute after:inset-0">
                          {name}
                        </Link>
                      </Cell>
                      <Cell className="w-full max-w-0 truncate text-ink-2">{subject}</Cell>
                      <Cell className="text-ink-2">
                        <Ago at={updated_at} />
                      </Cell>
                    </Row>
                  ))}
                </tbody>
              </Table>
              <LoadMore pages={templates} />
            </>
          )}
        </Loaded>
      </PageBody>
    </Page>
  );
}
