'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { Button } from '@/components/ui/button';
import { Failure } from '@/components/ui/failure';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Skeleton } from '@/components/ui/skeleton';
import { api } from '@/lib/api/client';
import type { LinkInfo } from '@/lib/api/types';
import { useAuth } from '@/lib/auth';
import { browserTimeZone, TIME_ZONES } from '@/lib/time-zones';
import { useForm } from '@/lib/use-form';

/** A one-time link: the first owner makes the workspace, an invited person joins it. */
export function Setup() {
  const token = useSearchParams().get('token');
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => api.post<LinkInfo>('/api/auth/link', { token }),
    enabled: !!token,
    retry: false,
  });
  if (!token) {
    return (
      <div className="grid gap-4">
        <Notice tone="warn">
          This address lacks its one-time token. Open the whole link that Sojourn printed when it started.
        </Notice>
        <Link href="/sign-in" className="text-accent-ink text-sm hover:underline">
          Sign in instead
        </Link>
      </div>
    );
  }
  if (link.error) return <Failure error={link.error} />;
  if (!link.data) return <Skeleton className="h-96" />;
  return <Account token={token} link={link.data} />;
}

function Account({ token, link }: { token: string; link: LinkInfo }) {
  const { refresh } = useAuth();
  const router = useRouter();
  const isFirst = link.purpose === 'first_owner';
  const form = useForm(async (fields) => {
    await api.post('/api/auth/setup', { token, ...fields });
    await refresh();
    router.replace('/journeys');
  });
  return (
    <>
      <h1 className="font-semibold text-2xl">Welcome</h1>
      <p className="mt-1 mb-6 text-ink-2">
        {isFirst ? 'Make your account and your workspace.' : `Join ${link.workspace_name} as ${link.email}.`} This link
        works once.
      </p>
      <form onSubmit={form.onSubmit} className="grid gap-4">
        <Field label="Your name" error={form.faultOf('name')}>
          {(wiring) => <Input {...wiring} name="name" autoComplete="name" required className="h-10" />}
        </Field>
        {!link.email && (
          <Field label="Email" error={form.faultOf('email')}>
            {(wiring) => (
              <Input {...wiring} name="email" type="email" autoComplete="username" required className="h-10" />
            )}
          </Field>
        )}
        <Field label="Password" hint="At least 10 characters." error={form.faultOf('password')}>
          {(wiring) => (
            <Input
              {...wiring}
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={10}
              required
              className="h-10"
            />
          )}
        </Field>
        {isFirst && <WorkspaceFields faultOf={form.faultOf} />}
        {form.error && <Notice tone="bad">{form.error}</Notice>}
        <Button type="submit" look="primary" size="lg" busy={form.busy}>
          {isFirst ? 'Create workspace' : 'Join'}
        </Button>
      </form>
    </>
  );
}

function WorkspaceFields({ faultOf }: { faultOf(field: string): string | undefined }) {
  return (
    <>
      <Field label="Workspace" hint="Your company or brand." error={faultOf('workspace_name')}>
        {(wiring) => <Input {...wiring} name="workspace_name" autoComplete="organization" required className="h-10" />}
      </Field>
      <Field label="Time zone" hint="For contacts whose own is not known." error={faultOf('time_zone')}>
        {(wiring) => (
          <Select {...wiring} name="time_zone" defaultValue={browserTimeZone()}>
            {TIME_ZONES.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </Select>
        )}
      </Field>
    </>
  );
}
