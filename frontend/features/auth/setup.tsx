'use client';

import { useRouter, useSearchParams } from 'next/navigation';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { api } from '@/lib/api/client';
import { useAuth } from '@/lib/auth';
import { browserTimeZone, TIME_ZONES } from '@/lib/time-zones';
import { useForm } from '@/lib/use-form';

/** The first owner makes the workspace, by the link that only the installer has seen. */
export function Setup() {
  const { refresh } = useAuth();
  const router = useRouter();
  const token = useSearchParams().get('token');
  const form = useForm(async (fields) => {
    await api.post('/api/auth/setup', { token, ...fields });
    await refresh();
    router.replace('/journeys');
  });

  if (!token) {
    return (
      <Notice tone="warn">
        This address lacks its one-time token. Open the whole link that Sojourn printed when it started.
      </Notice>
    );
  }
  return (
    <>
      <h1 className="font-semibold text-2xl">Welcome</h1>
      <p className="mt-1 mb-6 text-ink-2">Make your account and your workspace. This link works once.</p>
      <form onSubmit={form.onSubmit} className="grid gap-4">
        <Field label="Your name" error={form.faultOf('name')}>
          {(wiring) => <Input {...wiring} name="name" autoComplete="name" required className="h-10" />}
        </Field>
        <Field label="Email" error={form.faultOf('email')}>
          {(wiring) => (
            <Input {...wiring} name="email" type="email" autoComplete="username" required className="h-10" />
          )}
        </Field>
        <Field label="Password" hint="At least 12 characters." error={form.faultOf('password')}>
          {(wiring) => (
            <Input
              {...wiring}
              name="password"
              type="password"
              autoComplete="new-password"
              minLength={12}
              required
              className="h-10"
            />
          )}
        </Field>
        <Field label="Workspace" hint="Your company or brand." error={form.faultOf('workspace_name')}>
          {(wiring) => (
            <Input {...wiring} name="workspace_name" autoComplete="organization" required className="h-10" />
          )}
        </Field>
        <Field label="Time zone" hint="For contacts whose own is not known." error={form.faultOf('time_zone')}>
          {(wiring) => (
            <Select {...wiring} name="time_zone" defaultValue={browserTimeZone()}>
              {TIME_ZONES.map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </Select>
          )}
        </Field>
        {form.error && <Notice tone="bad">{form.error}</Notice>}
        <Button type="submit" look="primary" size="lg" busy={form.busy}>
          Create workspace
        </Button>
      </form>
    </>
  );
}
