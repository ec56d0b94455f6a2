'use client';

import { PieChart } from 'lucide-react';
import { type Column, ListPage } from '@/components/list-page';
import { Ago } from '@/components/ui/time';
import type { Segment } from '@/lib/api/types';
import { formatNumber } from '@/lib/format';
import { describeRule } from '@/lib/rules/words';
import { useSegments } from './queries';
import { SegmentMenu } from './segment-menu';

const COLUMNS: Column<Segment>[] = [
  { head: 'Everyone who', as: 'long', onPhone: false, cell: ({ rule }) => describeRule(rule) },
  {
    head: 'People',
    as: 'number',
    cell: ({ count, built_at, failed }) =>
      built_at ? formatNumber(count) : <span className="text-ink-3">{failed ? 'failed' : 'at work'}</span>,
  },
  { head: 'Changed', onPhone: false, cell: ({ updated_at }) => <Ago at={updated_at} /> },
  { head: '', as: 'menu', cell: (segment) => <SegmentMenu segment={segment} /> },
];

export const SegmentList = () => (
  <ListPage
    title="Segments"
    one="segment"
    icon={PieChart}
    about={
      <>
        A segment is everyone who matches a rule, such as “bought twice in the last 30 days”. It follows events within
        seconds, and a journey can start when someone enters it.
      </>
    }
    newHref="/segments?id=new"
    hrefOf={({ id }) => `/segments?id=${id}`}
    pages={useSegments()}
    columns={COLUMNS}
  />
);
