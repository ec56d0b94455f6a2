'use client';

import { ArrowRight, FileUp } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';
import { Table, TableHead } from '@/components/ui/table';
import { guessField, rowsOf } from '@/lib/csv';
import { ImportProgress } from './import-progress';
import { MappingRow } from './mapping-row';
import { useImport } from './queries';

const HEAD_BYTES = 64 * 1024;
const SAMPLE_ROWS = 3;

/** A file and what its beginning shows: its columns with a few cells of each. NDJSON has no columns to map. */
interface Chosen {
  file: File;
  columns: { name: string; samples: string[] }[];
}

export type Mapping = Record<string, string>;

const withoutEmpty = (mapping: Mapping) =>
  Object.fromEntries(Object.entries(mapping).map(([column, field]) => [column, field.trim() || null]));

async function look(file: File): Promise<Chosen> {
  if (!/\.csv$|\.tsv$|\.txt$/i.test(file.name)) return { file, columns: [] };
  const [head = [], ...rows] = rowsOf(await file.slice(0, HEAD_BYTES).text(), SAMPLE_ROWS + 1);
  return {
    file,
    columns: head.map((name, place) => ({ name, samples: rows.map((row) => row[place] ?? '').filter(Boolean) })),
  };
}

const hasKey = (mapping: Mapping) =>
  Object.values(mapping).some((field) => field === 'email' || field === 'external_id');

/** From a file to contacts in three steps: choose it, say what its columns are and check, watch it being read. */
export function ImportWizard({ onClose }: { onClose(): void }) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [mapping, setMapping] = useState<Mapping>({});
  const upload = useImport();
  const choose = async (file: File) => {
    const seen = await look(file);
    setChosen(seen);
    setMapping(Object.fromEntries(seen.columns.map(({ name }) => [name, guessField(name)])));
    upload.reset();
  };
  const start = (dryRun: boolean) =>
    chosen && upload.mutate({ file: chosen.file, mapping: withoutEmpty(mapping), dryRun });
  const isReady = !!chosen && (chosen.columns.length === 0 || hasKey(mapping));
  const job = upload.data;
  const step = job ? (job.dry_run ? 1 : 2) : chosen ? 1 : 0;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Import contacts"
      description="People who are known by email or id are updated, the others are new."
      className="sm:w-[min(760px,calc(100vw-24px))]"
    >
      <Steps at={step} />
      {job ? (
        <ImportProgress key={job.id} job={job} onAgain={() => start(false)} onBack={upload.reset} onClose={onClose} />
      ) : (
        <div className="grid gap-4">
          <FileChoice file={chosen?.file} onChoose={(file) => void choose(file)} />
          {chosen && <Columns chosen={chosen} mapping={mapping} onChange={setMapping} />}
          {chosen && !isReady && (
            <Notice tone="warn">Say which column is the email or your own id, so that people can be told apart.</Notice>
          )}
          {upload.error && <Notice tone="bad">{upload.error.message}</Notice>}
          <DialogActions>
            <Button disabled={!isReady} busy={upload.isPending} onClick={() => start(false)}>
              Import at once
            </Button>
            <Button look="primary" disabled={!isReady} busy={upload.isPending} onClick={() => start(true)}>
              Check first
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}

const STEPS = ['File', 'Columns and check', 'Import'];

const Steps = ({ at }: { at: number }) => (
  <ol aria-label="Steps" className="mb-4 flex flex-wrap gap-x-4 gap-y-1 text-xs">
    {STEPS.map((name, place) => (
      <li
        key={name}
        aria-current={place === at ? 'step' : undefined}
        className={place === at ? 'font-medium text-accent-ink' : 'text-ink-3'}
      >
        {place + 1}. {name}
      </li>
    ))}
  </ol>
);

function FileChoice({ file, onChoose }: { file?: File; onChoose(file: File): void }) {
  return (
    <label
      className="flex cursor-pointer items-center gap-3 rounded-lg border border-line-strong border-dashed p-4 focus-within:border-accent hover:bg-hover"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const [dropped] = event.dataTransfer.files;
        if (dropped) onChoose(dropped);
      }}
    >
      <FileUp aria-hidden className="size-5 text-ink-3" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{file ? file.name : 'Choose a file, or drop it here'}</span>
        <span className="block text-ink-3 text-xs">
          A CSV file with a first line of names, or NDJSON with a contact on each line.
        </span>
      </span>
      <input
        type="file"
        aria-label="File"
        accept=".csv,.tsv,.txt,.ndjson,.jsonl"
        className="sr-only"
        onChange={(event) => event.target.files?.[0] && onChoose(event.target.files[0])}
      />
    </label>
  );
}

interface ColumnsProps {
  chosen: Chosen;
  mapping: Mapping;
  onChange(mapping: Mapping): void;
}

function Columns({ chosen: { columns }, mapping, onChange }: ColumnsProps) {
  if (columns.length === 0) {
    return (
      <p className="flex items-center gap-2 text-ink-2">
        <ArrowRight aria-hidden className="size-4 text-ink-3" /> Each line’s names say what its values are.
      </p>
    );
  }
  return (
    <Table label="Columns">
      <TableHead columns={['In the file', 'For example', 'Becomes']} />
      <tbody>
        {columns.map(({ name, samples }) => (
          <MappingRow
            key={name}
            name={name}
            samples={samples}
            field={mapping[name] ?? ''}
            onField={(field) => onChange({ ...mapping, [name]: field })}
          />
        ))}
      </tbody>
    </Table>
  );
}
