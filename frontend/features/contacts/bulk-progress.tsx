'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { DialogActions } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';
import { Progress } from '@/components/ui/progress';
import { Stat } from '@/components/ui/stat';
import { API_URL } from '@/lib/api/client';
import type { BulkJob } from '@/lib/api/types';
import { isOver, useBulkJob } from './bulk-queries';

const WORDS = { queued: 'Waiting its turn', running: 'At work', completed: 'Done', failed: 'Stopped' };
const REFUSED = {
  enroll: 'Not let in',
  suppress: 'Without an address',
  tag: 'Refused',
  export: 'Refused',
};

/** A job over many contacts at work, and what it came to. */
export function BulkProgress({ job: begun, onClose }: { job: BulkJob; onClose(): void }) {
  const job = useBulkJob(begun);
  const cache = useQueryClient();
  const over = isOver(job);
  useEffect(() => {
    if (over) void cache.invalidateQueries({ queryKey: ['/api/contacts'] });
  }, [over, cache]);
  const share = job.state === 'completed' ? 1 : job.total ? (job.done + job.refused) / job.total : 0;
  return (
    <div className="grid gap-4">
      <p role="status" className="font-medium">
        {WORDS[job.state]}
      </p>
      <Progress share={share} label="Progress" />
      <div className="flex flex-wrap gap-6">
        <Stat label="In all" value={job.total} />
        <Stat label="Done" value={job.done} />
        <Stat label={REFUSED[job.type]} value={job.refused} />
      </div>
      {job.error && <Notice tone="bad">{job.error}</Notice>}
      <DialogActions>
        {job.file_url && (
          <Button asChild look="primary">
            <a href={API_URL + job.file_url} download>
              <Download /> Download
            </a>
          </Button>
        )}
        <Button look={job.file_url ? 'secondary' : 'primary'} onClick={onClose}>
          {over ? 'Close' : 'Close, go on'}
        </Button>
      </DialogActions>
    </div>
  );
}
