'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { CodeArea, Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Page, PageBody } from '@/components/ui/page';
import { isProblem } from '@/lib/api/problem';
import type { Rule } from '@/lib/api/types';
import { parseRule } from '@/lib/rules/parse';
import { describeRule } from '@/lib/rules/words';
import { useDebounced } from '@/lib/use-debounced';
import { Members } from './members';
import { usePreview, useSaveSegment } from './queries';
import { RulePreview } from './rule-preview';
import { Starters } from './starters';

export const NEW_SEGMENT = {
  id: null,
  name: '',
  rule: { all: [{ attribute: 'country', op: 'in', value: ['DE', 'AT', 'CH'] }] },
};

/** A rule beside the people it picks. */
export function SegmentEditor({ segment }: { segment: { id: string | null; name: string; rule: Rule } }) {
  const [name, setName] = useState(segment.name);
  const [text, setText] = useState(() => JSON.stringify(segment.rule, null, 2));
  const { rule, fault } = parseRule(text);
  const preview = usePreview(useDebounced(rule, 400));
  const router = useRouter();
  const save = useSaveSegment(segment.id);
  const submit = () =>
    rule &&
    save.mutate(
      { name, rule },
      {
        onSuccess: (saved) => {
          toast.success('Saved');
          router.replace(`/segments?id=${saved.id}`);
        },
      },
    );
  const refused = isProblem(preview.error, 422) ? preview.error.message : undefined;
  return (
    <Page
      title={name || 'New segment'}
      back={{ href: '/segments', label: 'Segments' }}
      actions={
        <Button look="primary" busy={save.isPending} disabled={!rule || !name.trim()} onClick={submit}>
          Save
        </Button>
      }
    >
      <PageBody className="grid items-start gap-6 lg:grid-cols-[1fr_360px]">
        <div className="grid min-w-0 gap-4">
          {save.error && <Notice tone="bad">{save.error.message}</Notice>}
          <Field label="Name">
            {(wiring) => <Input {...wiring} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label="Rule" error={fault ?? refused} hint={`Everyone who: ${describeRule(rule)}.`}>
            {(wiring) => (
              <CodeArea {...wiring} className="h-64" value={text} onChange={(event) => setText(event.target.value)} />
            )}
          </Field>
          <Starters onPick={(picked) => setText(JSON.stringify(picked, null, 2))} />
        </div>
        <RulePreview preview={preview.data} />
        {segment.id && (
          <div className="lg:col-span-2">
            <Members segmentId={segment.id} />
          </div>
        )}
      </PageBody>
    </Page>
  );
}
