'use client';

import { ClipboardList } from 'lucide-react';
import { type Column, ListPage } from '@/components/list-page';
import { Badge } from '@/components/ui/badge';
import { Ago } from '@/components/ui/time';
import type { WebForm } from '@/lib/api/types';
import { FormMenu } from './form-menu';
import { useForms } from './queries';

const COLUMNS: Column<WebForm>[] = [
  {
    head: 'Fields',
    as: 'long',
    onPhone: false,
    cell: ({ fields }) => fields.map((field) => field.label || field.name).join(', '),
  },
  {
    head: 'State',
    cell: ({ disabled }) => (
      <Badge tone={disabled ? 'neutral' : 'ok'} dot>
        {disabled ? 'Closed' : 'Open'}
      </Badge>
    ),
  },
  { head: 'Made', onPhone: false, cell: ({ created_at }) => <Ago at={created_at} /> },
  { head: '', as: 'menu', cell: (form) => <FormMenu form={form} /> },
];

export const FormList = () => (
  <ListPage
    title="Forms"
    one="form"
    icon={ClipboardList}
    about={
      <>
        A form takes in people from a page of yours: paste its HTML there. Whoever sends it becomes a contact, and a
        journey can start with it.
      </>
    }
    newHref="/forms?id=new"
    hrefOf={({ id }) => `/forms?id=${id}`}
    pages={useForms()}
    columns={COLUMNS}
  />
);
