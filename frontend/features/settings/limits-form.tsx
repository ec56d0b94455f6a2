'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
import { Rows, removed, replaced } from '@/components/ui/rows';
import { Skeleton } from '@/components/ui/skeleton';
import type { Cap, WorkspaceDetail } from '@/lib/api/types';
import { toast } from '@/lib/toast';
import { useForm } from '@/lib/use-form';
import { useSaveWorkspace, useWorkspace } from './queries';

/** What holds marketing mail back, for all journeys at once. */
export function LimitsForm() {
  const workspace = useWorkspace();
  return (
    <Loaded query={workspace} loading={<Skeleton className="h-80" />}>
      {(loaded) => <Form workspace={loaded} />}
    </Loaded>
  );
}

const NEW_CAP: Cap = { channel: 'email', limit: 3, per: 'week' };
const NIGHT = { start: '21:00', end: '08:00' };

function Form({ workspace: { settings } }: { workspace: WorkspaceDetail }) {
  const save = useSaveWorkspace();
  const [isQuiet, setQuiet] = useState(!!settings.quiet_hours);
  const [caps, setCaps] = useState<Cap[]>(settings.caps ?? []);
  const form = useForm(async ({ start = '', end = '', holdout_percent = '0', max_journeys = '' }) => {
    await save.mutateAsync({
      settings: {
        quiet_hours: isQuiet ? { start, end } : null,
        caps,
        holdout_percent: Number(holdout_percent),
        max_journeys: max_journeys ? Number(max_journeys) : null,
      },
    });
    toast.success('Saved');
  });
  const quiet = settings.quiet_hours ?? NIGHT;
  return (
    <form onSubmit={form.onSubmit} className="grid gap-4">
      <Card
        title="Quiet hours"
        description="No marketing mail at night, in each contact’s own time. What falls due is held until the end."
      >
        <div className="grid gap-4">
          <label className="flex items-center gap-2.5">
            <input
              type="checkbox"
              checked={isQuiet}
              onChange={() => setQuiet(!isQuiet)}
              className="size-4 accent-accent"
            />
            Keep quiet hours
          </label>
          {isQuiet && (
            <div className="grid max-w-sm grid-cols-2 gap-4">
              <Field label="From" error={form.faultOf('start')}>
                {(wiring) => <Input {...wiring} type="time" name="start" defaultValue={quiet.start} required />}
              </Field>
              <Field label="Until" error={form.faultOf('end')}>
                {(wiring) => <Input {...wiring} type="time" name="end" defaultValue={quiet.end} required />}
              </Field>
            </div>
          )}
        </div>
      </Card>
      <Card
        title="Caps"
        description="How many marketing mails one person may get. What is over is skipped, with the reason."
      >
        <Caps caps={caps} onChange={setCaps} />
      </Card>
      <Card title="Holdout and crowding" description="Journeys may say otherwise for themselves.">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Global holdout, percent"
            hint="People who get no marketing mail at all, so that its effect can be told."
            error={form.faultOf('holdout_percent')}
          >
            {(wiring) => (
              <Input
                {...wiring}
                type="number"
                name="holdout_percent"
                min={0}
                max={50}
                step={0.5}
                defaultValue={settings.holdout_percent ?? 0}
                required
              />
            )}
          </Field>
          <Field
            label="Journeys at a time"
            hint="Empty: any number. Over it, the higher priority goes first."
            error={form.faultOf('max_journeys')}
          >
            {(wiring) => (
              <Input
                {...wiring}
                type="number"
                name="max_journeys"
                min={1}
                max={100}
                defaultValue={settings.max_journeys ?? ''}
              />
            )}
          </Field>
        </div>
      </Card>
      {form.error && <Notice tone="bad">{form.error}</Notice>}
      <Button type="submit" look="primary" busy={form.busy} className="justify-self-start">
        Save
      </Button>
    </form>
  );
}

function Caps({ caps, onChange }: { caps: Cap[]; onChange(caps: Cap[]): void }) {
  return (
    <div className="grid gap-3">
      {caps.length === 0 && <p className="text-ink-3">No cap: a person may get any number.</p>}
      <Rows items={caps}>
        {(cap, place) => (
          <div className="flex flex-wrap items-center gap-2">
            <span>At most</span>
            <Input
              aria-label="How many"
              type="number"
              min={1}
              max={1000}
              required
              className="w-20"
              value={cap.limit}
              onChange={(event) => onChange(replaced(caps, place, { ...cap, limit: Number(event.target.value) }))}
            />
            <span>mails a</span>
            <Select
              aria-label="Per"
              className="w-24"
              value={cap.per}
              onChange={(event) => onChange(replaced(caps, place, { ...cap, per: event.target.value as Cap['per'] }))}
            >
              <option value="day">day</option>
              <option value="week">week</option>
            </Select>
            <Input
              aria-label="Only mails with this tag"
              placeholder="all, or a tag"
              className="w-32"
              maxLength={50}
              value={cap.tag ?? ''}
              onChange={(event) => onChange(replaced(caps, place, { ...cap, tag: event.target.value || null }))}
            />
            <Button
              look="quiet"
              size="icon"
              aria-label={`Remove cap ${place + 1}`}
              onClick={() => onChange(removed(caps, place))}
            >
              <X />
            </Button>
          </div>
        )}
      </Rows>
      <Button
        size="sm"
        className="justify-self-start"
        disabled={caps.length >= 10}
        onClick={() => onChange([...caps, NEW_CAP])}
      >
        <Plus /> Add a cap
      </Button>
    </div>
  );
}
