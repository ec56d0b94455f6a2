'use client';

import { ChartNoAxesColumn } from 'lucide-react';
import { type Column, ListPage } from '@/components/list-page';
import { Ago } from '@/components/ui/time';
import type { ScoringModel } from '@/lib/api/types';
import { describeRule } from '@/lib/rules/words';
import { ModelMenu } from './model-menu';
import { useModels } from './queries';

const COLUMNS: Column<ScoringModel>[] = [
  {
    head: 'Points for',
    as: 'long',
    onPhone: false,
    cell: ({ rules }) => rules.map(({ label, rule }) => label || describeRule(rule)).join('; '),
  },
  { head: 'Rules', as: 'number', cell: ({ rules }) => rules.length },
  { head: 'Changed', onPhone: false, cell: ({ updated_at }) => <Ago at={updated_at} /> },
  { head: '', as: 'menu', cell: (model) => <ModelMenu model={model} /> },
];

export const ModelList = () => (
  <ListPage
    title="Scoring"
    one="score"
    icon={ChartNoAxesColumn}
    about={
      <>
        A score adds up points for what is known of somebody, such as 10 for a visit to the prices. Segments and
        journeys can ask for it, and follow it as it changes.
      </>
    }
    newHref="/scoring?new=1"
    hrefOf={({ slug }) => `/scoring?model=${slug}`}
    pages={useModels()}
    columns={COLUMNS}
  />
);
