'use client';

import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { guessField, headerOf } from '@/lib/csv';
import { ImportProgress } from './import-progress';
import { useImport } from './queries';

const HEAD_BYTES = 64 * 1024;

type Mapping = Record<string, string>;

const withoutEmpty = (mapping: Mapping) =>
  Object.fromEntries(Object.entries(mapping).map(([column, field]) => [column, field.trim() || null]));

async function readMapping(file: File): Promise<Mapping> {
  if (!/\.csv$|\.tsv$|\.txt$/i.test(file.name)) return {};
  const columns = headerOf(await file.slice(0, HEAD_BYTES).text());
  return Object.fromEntries(columns.map((column) => [column, guessField(column)]));
}

/** From a file to contacts: choose it, say what the columns are, watch it being read. */
export function ImportDialog({ onClose }: { onClose(): void }) {
  const [file, setFile] = useState<File | null>(null);
  const [mapping, setMapping] = useState<Mapping>({});
  const upload = useImport();
  const choose = async (chosen: File) => {
    setMapping(await readMapping(chosen));
    setFile(chosen);
    upload.reset();
  };
  const start = (dryRun: boolean) => file && upload.mutate({ file, mapping: withoutEmpty(mapping), dryRun });
  const job = upload.data;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Import contacts"
      description="A CSV file with a first line of names, or NDJSON with a contact on each line."
    >
      {job ? (
        <ImportProgress job={job} onAgain={() => start(false)} onClose={onClose} />
      ) : (
        <div className="grid gap-4">
          <FileChoice file={file} onChoose={(chosen) => void choose(chosen)} />
          {file && <Columns mapping={mapping} onChange={setMapping} />}
          {upload.error && <Notice tone="bad">{upload.error.message}</Notice>}
          <DialogActions>
            <Button disabled={!file} busy={upload.isPending} onClick={() => start(true)}>
              Check only
            </Button>
            <Button look="primary" disabled={!file} busy={upload.isPending} onClick={() => start(false)}>
              Import
            </Button>
          </DialogActions>
        </div>
      )}
    </Dialog>
  );
}

function FileChoice({ file, onChoose }: { file: File | null; onChoose(file: File): void }) {
  return (
    <label className="flex cursor-pointer items-center gap-3 rounded-lg border border-line-strong border-dashed p-4 focus-within:border-accent hover:bg-hover">
      <FileUp aria-hidden className="size-5 text-ink-3" />
      <span className="min-w-0 flex-1 truncate">{file ? file.name : 'Choose a file'}</span>
      <input
        type="file"
        accept=".csv,.tsv,.txt,.ndjson,.jsonl"
        className="sr-only"
        onChange={(event) => event.target.files?.[0] && onChoose(event.target.files[0])}
      />
    </label>
  );
}

function Columns({ mapping, onChange }: { mapping: Mapping; onChange(mapping: Mapping): void }) {
  const columns = Object.entries(mapping);
  if (columns.length === 0) return null;
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 font-medium">What the columns are</legend>
      <p className="text-ink-3 text-xs">
        email, external_id, first_name, last_name, country and the like; any other name becomes an attribute. Empty
        leaves the column out.
      </p>
      {columns.map(([column, field]) => (
        <Field key={column} label={column}>
          {(wiring) => (
            <Input
              {...wiring}
              value={field}
              onChange={(event) => onChange({ ...mapping, [column]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}
