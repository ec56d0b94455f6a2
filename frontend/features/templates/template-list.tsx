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
import { TemplateMenu } from './template-menu';

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
              <Table
                label="Templates"
                className="max-sm:[&_td:nth-child(2)]:hidden max-sm:[&_td:nth-child(3)]:hidden max-sm:[&_th:nth-child(2)]:hidden max-sm:[&_th:nth-child(3)]:hidden"
              >
                <TableHead columns={['Name', 'Subject', 'Version#', 'Changed', '']} />
                <tbody>
                  {rows.map((template) => (
                    <Row key={template.id}>
                      <Cell className="whitespace-nowrap font-medium">
                        <Link href={`/templates?id=${template.id}`} className="after:absolute after:inset-0">
                          {template.name}
                        </Link>
                      </Cell>
                      <Cell className="w-full max-w-0 truncate text-ink-2">{template.subject}</Cell>
                      <Cell number>{template.version}</Cell>
                      <Cell className="text-ink-2">
                        <Ago at={template.updated_at} />
                      </Cell>
                      <Cell className="relative z-10 w-12">
                        <TemplateMenu template={template} />
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
