'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Download, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { DialogActions } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';
import { Progress } from '@/components/ui/progress';
import { Stat } from '@/components/ui/stat';
import { API_URL } from '@/lib/api/client';
import type { ImportJob } from '@/lib/api/types';
import { count } from '@/lib/format';
import { useImportJob, useRetryImport } from './queries';

interface Props {
  job: ImportJob;
  onAgain(): void;
  /** Back to the columns, after a check. */
  onBack(): void;
  onClose(): void;
}

const share = ({ state, read_bytes, total_bytes }: ImportJob) =>
  state === 'completed' ? 1 : total_bytes ? read_bytes / total_bytes : 0;

/** An import at work, and what it came to. It goes on when the dialog is closed. */
export function ImportProgress({ job: begun, onAgain, onBack, onClose }: Props) {
  const job = useImportJob(begun.id).data ?? begun;
  const retry = useRetryImport(begun.id);
  const cache = useQueryClient();
  const isOver = job.state === 'completed' || job.state === 'failed';
  useEffect(() => {
    if (isOver) void cache.invalidateQueries({ queryKey: ['/api/contacts'] });
  }, [isOver, cache]);
  const words = {
    queued: 'Waiting its turn',
    running: 'Reading',
    completed: job.dry_run ? 'Checked' : 'Done',
    failed: 'Stopped',
  };
  return (
    <div className="grid gap-4">
      <p role="status" className="font-medium">
        {words[job.state]}: {job.filename}
      </p>
      <Progress share={share(job)} label="Import" />
      <div className="flex flex-wrap gap-6">
        <Stat label={job.dry_run ? 'Would be new' : 'New'} value={job.created_count} />
        <Stat label={job.dry_run ? 'Would change' : 'Changed'} value={job.updated_count} />
        <Stat label="Refused" value={job.refused_count} />
      </div>
      {job.error && <Notice tone="bad">{job.error}</Notice>}
      {job.given_up && (
        <Button className="justify-self-start" busy={retry.isPending} onClick={() => retry.mutate()}>
          <RotateCw /> Go on where it stopped
        </Button>
      )}
      {job.refused_count > 0 && isOver && (
        <Button asChild className="justify-self-start">
          <a href={`${API_URL}/api/imports/${job.id}/refused`} download>
            <Download /> {count(job.refused_count, 'refused row')} with reasons
          </a>
        </Button>
      )}
      <DialogActions>
        {isOver && job.dry_run ? (
          <>
            <Button onClick={onBack}>Back</Button>
            <Button look="primary" disabled={job.state !== 'completed'} onClick={onAgain}>
              Import now
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={onClose}>
            {isOver ? 'Done' : 'Close, go on reading'}
          </Button>
        )}
      </DialogActions>
    </div>
  );
}
