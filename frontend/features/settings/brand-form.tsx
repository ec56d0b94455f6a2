'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import type { WorkspaceDetail } from '@/lib/api/types';
import { toast } from '@/lib/toast';
import { useForm } from '@/lib/use-form';
import { useSaveWorkspace, useWorkspace } from './queries';

const FIRST_COLOUR = '#0f6674';

/** What makes all mails look like ours; templates use it by name. */
export function BrandForm() {
  const workspace = useWorkspace();
  return (
    <Loaded query={workspace} loading={<Skeleton className="h-64" />}>
      {(loaded) => <Form workspace={loaded} />}
    </Loaded>
  );
}

function Form({ workspace: { name, settings } }: { workspace: WorkspaceDetail }) {
  const save = useSaveWorkspace();
  const brand = settings.brand ?? {};
  const [color, setColor] = useState(brand.color ?? FIRST_COLOUR);
  const [logo, setLogo] = useState(brand.logo_url ?? '');
  const form = useForm(async ({ website = '' }) => {
    await save.mutateAsync({ settings: { brand: { color, logo_url: logo || null, website: website || null } } });
    toast.success('Saved', { description: 'Mails that use it change with the next one sent.' });
  });
  return (
    <Card
      title="Brand"
      description="Templates use it as {{ workspace.color }}, {{ workspace.logo_url }} and {{ workspace.website }}."
    >
      <form onSubmit={form.onSubmit} className="grid gap-5 sm:grid-cols-[1fr_260px]">
        <div className="grid content-start gap-4">
          <Field label="Colour" error={form.faultOf('color')}>
            {(wiring) => (
              <span className="flex gap-2">
                <input
                  type="color"
                  aria-label="Pick the colour"
                  value={color}
                  onChange={(event) => setColor(event.target.value)}
                  className="h-8 w-11 rounded-md border border-line-strong bg-surface p-0.5 pointer-coarse:h-11"
                />
                <Input
                  {...wiring}
                  className="max-w-32 font-mono"
                  value={color}
                  onChange={(event) => setColor(event.target.value)}
                />
              </span>
            )}
          </Field>
          <Field
            label="Logo"
            hint="The address of a picture, best at least 300 px wide."
            error={form.faultOf('logo_url')}
          >
            {(wiring) => (
              <Input {...wiring} type="url" value={logo} onChange={(event) => setLogo(event.target.value)} />
            )}
          </Field>
          <Field label="Website" error={form.faultOf('website')}>
            {(wiring) => <Input {...wiring} type="url" name="website" defaultValue={brand.website ?? ''} />}
          </Field>
          {form.error && <Notice tone="bad">{form.error}</Notice>}
          <Button type="submit" look="primary" busy={form.busy} className="justify-self-start">
            Save
          </Button>
        </div>
        <Look name={name} color={color} logo={logo} />
      </form>
    </Card>
  );
}

/** A mail in miniature, always light as mails are: its head, a few lines, a button and the foot. */
function Look({ name, color, logo }: { name: string; color: string; logo: string }) {
  return (
    <figure className="self-start">
      <div aria-hidden className="overflow-hidden rounded-lg border bg-white text-[oklch(0.3_0.01_230)] shadow-node">
        <div className="grid h-16 place-items-center p-3" style={{ background: color }}>
          {logo ? (
            // biome-ignore lint/performance/noImgElement: a static export has no image server.
            <img src={logo} alt="" className="max-h-10" />
          ) : (
            <span className="truncate font-semibold text-white">{name}</span>
          )}
        </div>
        <div className="grid gap-3 p-4">
          <span className="font-semibold text-sm">Hello Mia,</span>
          <span className="h-2 rounded-full bg-[#e3e6e8]" />
          <span className="h-2 w-4/5 rounded-full bg-[#e3e6e8]" />
          <span
            className="justify-self-start rounded-md px-3 py-1.5 font-medium text-white text-xs"
            style={{ background: color }}
          >
            Have a look
          </span>
        </div>
        <p className="truncate border-[#e3e6e8] border-t px-4 py-2 text-2xs">{name} · Unsubscribe</p>
      </div>
      <figcaption className="mt-2 text-ink-3 text-xs">How a mail could look</figcaption>
    </figure>
  );
}
