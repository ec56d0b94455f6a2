'use client';

import { Plus, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Page, PageBody } from '@/components/ui/page';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { Skeleton } from '@/components/ui/skeleton';
import { Problem } from '@/lib/api/problem';
import type { PointsRule, ScoringModel } from '@/lib/api/types';
import { type ClauseKind, isUnfinished } from '@/lib/rules/tree';
import { toast } from '@/lib/toast';
import { ModelMenu } from './model-menu';
import { type ModelWish, useSaveModel } from './queries';

const RuleBuilder = dynamic(() => import('@/features/rules/rule-builder').then((module) => module.RuleBuilder), {
  ssr: false,
  loading: () => <Skeleton className="h-24" />,
});

/** What a score may look at; segments and scores look at scores themselves. */
const KINDS: ClauseKind[] = ['attribute', 'event', 'sequence', 'message', 'subscribed', 'lifecycle'];
const NEW_RULE: PointsRule = { label: null, points: 10, rule: { all: [] } };

const BACK = { href: '/scoring', label: 'Scoring' };

export const NewModelView = () => (
  <Page title="New score" back={BACK} about="Each rule gives its points for as long as it holds.">
    <PageBody>
      <Editor />
    </PageBody>
  </Page>
);

export const SavedModelView = ({ model }: { model: ScoringModel }) => (
  <Page
    title={model.name}
    back={BACK}
    about={<span className="font-mono text-xs">{model.slug}</span>}
    actions={<ModelMenu model={model} />}
  >
    <PageBody>
      <Editor model={model} />
    </PageBody>
  </Page>
);

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);

function Editor({ model }: { model?: ScoringModel }) {
  const router = useRouter();
  const save = useSaveModel(model?.slug ?? null);
  const [name, setName] = useState(model?.name ?? '');
  const [rules, setRules] = useState<PointsRule[]>(model?.rules ?? [NEW_RULE]);
  const wish: ModelWish = { slug: model?.slug ?? slugOf(name), name, rules };
  const isReady = !!wish.slug && rules.every(({ rule }) => !isUnfinished(rule));
  const submit = () =>
    save.mutate(wish, {
      onSuccess: ({ slug }) => {
        toast.success('Saved', { description: 'Everyone is being scored anew.' });
        router.replace(`/scoring?model=${slug}`);
      },
    });
  const faults = save.error instanceof Problem ? save.error.faults : [];
  return (
    <div className="grid max-w-3xl gap-4">
      {save.error && <Notice tone="bad">{faults[0]?.message ?? save.error.message}</Notice>}
      <Field label="Name" hint={model ? undefined : wish.slug && `The API knows it as ${wish.slug}.`}>
        {(wiring) => (
          <Input {...wiring} className="max-w-md" value={name} onChange={({ target }) => setName(target.value)} />
        )}
      </Field>
      <Rows items={rules}>
        {(each, index) => (
          <RuleCard
            each={each}
            onChange={(part) => setRules(replaced(rules, index, { ...each, ...part }))}
            onRemove={() => setRules(removed(rules, index))}
          />
        )}
      </Rows>
      <div className="flex flex-wrap justify-between gap-2">
        <Button onClick={() => setRules([...rules, NEW_RULE])}>
          <Plus /> Add a rule
        </Button>
        <Button look="primary" busy={save.isPending} disabled={!isReady} onClick={submit}>
          Save score
        </Button>
      </div>
    </div>
  );
}

interface CardProps {
  each: PointsRule;
  onChange(part: Partial<PointsRule>): void;
  onRemove(): void;
}

function RuleCard({ each: { label, points, rule }, onChange, onRemove }: CardProps) {
  return (
    <section aria-label={label || 'Rule'} className="grid gap-3 rounded-lg border bg-surface p-3">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          aria-label="Points"
          type="number"
          step="any"
          className="num w-24"
          value={points}
          onChange={({ target }) => onChange({ points: target.valueAsNumber || 0 })}
        />
        <span className="text-ink-2 text-sm">points for</span>
        <Input
          aria-label="What it is called"
          placeholder="such as Looked at the prices"
          className="min-w-24 flex-1"
          value={label ?? ''}
          onChange={({ target }) => onChange({ label: target.value || null })}
        />
        <Button look="quiet" size="icon" aria-label="Remove the rule" onClick={onRemove}>
          <X />
        </Button>
      </div>
      <RuleBuilder value={rule} kinds={KINDS} onChange={(next) => onChange({ rule: next })} />
    </section>
  );
}
