'use client';

import { FileText } from 'lucide-react';
import { type Column, ListPage } from '@/components/list-page';
import { Ago } from '@/components/ui/time';
import type { Template } from '@/lib/api/types';
import { useTemplates } from './queries';
import { TemplateMenu } from './template-menu';

const COLUMNS: Column<Template>[] = [
  { head: 'Subject', as: 'long', onPhone: false, cell: ({ subject }) => subject },
  { head: 'Version', as: 'number', onPhone: false, cell: ({ version }) => version },
  { head: 'Changed', cell: ({ updated_at }) => <Ago at={updated_at} /> },
  { head: '', as: 'menu', cell: (template) => <TemplateMenu template={template} /> },
];

export const TemplateList = () => (
  <ListPage
    title="Templates"
    one="template"
    icon={FileText}
    about="A template is a mail that several journeys can send: MJML or HTML, with each contact's values filled in."
    newHref="/templates?id=new"
    hrefOf={({ id }) => `/templates?id=${id}`}
    pages={useTemplates()}
    columns={COLUMNS}
  />
);
