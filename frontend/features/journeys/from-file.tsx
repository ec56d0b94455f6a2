'use client';

import { FileUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { CodeArea } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Problem } from '@/lib/api/problem';
import { count } from '@/lib/format';
import { useImportJourney } from './queries';

/** What the server found in a file, each fault with its place. */
function faultsOf(error: Error): string {
  const faults = error instanceof Problem ? error.faults : [];
  const [first] = faults;
  if (!first) return error.message;
  const others = faults.length > 1 ? ` And ${count(faults.length - 1, 'more fault')}.` : '';
  return `${error.message}. At ${first.pointer}: ${first.message}${others}`;
}

/** A journey as text, opened or pasted. */
export function FromFile() {
  const [text, setText] = useState('');
  const router = useRouter();
  const create = useImportJourney();
  const submit = () => create.mutate(text, { onSuccess: ({ id }) => router.push(`/journeys/view?id=${id}`) });
  return (
    <Card title="As a file" description="YAML or JSON, as the export writes it.">
      <div className="grid gap-3">
        <Field label="Journey" error={create.error ? faultsOf(create.error) : undefined}>
          {(wiring) => (
            <CodeArea {...wiring} className="h-96" value={text} onChange={(event) => setText(event.target.value)} />
          )}
        </Field>
        <div className="flex flex-wrap justify-between gap-2">
          <OpenFile onRead={setText} />
          <Button look="primary" disabled={!text.trim()} busy={create.isPending} onClick={submit}>
            Create draft
          </Button>
        </div>
      </div>
    </Card>
  );
}

function OpenFile({ onRead }: { onRead(text: string): void }) {
  const [fault, setFault] = useState(false);
  const read = async (file: File) => {
    setFault(file.size > 1_000_000);
    if (file.size <= 1_000_000) onRead(await file.text());
  };
  return (
    <>
      <Button asChild>
        <label className="cursor-pointer focus-within:outline-2 focus-within:outline-accent">
          <FileUp /> Open a file
          <input
            type="file"
            accept=".yaml,.yml,.json"
            className="sr-only"
            onChange={(event) => event.target.files?.[0] && void read(event.target.files[0])}
          />
        </label>
      </Button>
      {fault && <Notice tone="bad">A journey's file is never over 1 MB.</Notice>}
    </>
  );
}
