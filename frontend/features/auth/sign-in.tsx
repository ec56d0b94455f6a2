'use client';

import { useRouter, useSearchParams } from 'next/navigation';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useAuth, useConfig } from '@/lib/auth';
import { useForm } from '@/lib/use-form';

/** Only a path of ours may follow: an address from outside must not be able to lead away. */
const safeNext = (next: string | null) => (next?.startsWith('/') && !next.startsWith('//') ? next : '/journeys');

export function SignIn() {
  const { me, signIn } = useAuth();
  const router = useRouter();
  const next = safeNext(useSearchParams().get('next'));
  const config = useConfig();
  const form = useForm(({ email = '', password = '' }) => signIn(email, password));

  useEffect(() => {
    if (me) router.replace(next);
  }, [me, next, router]);

  return (
    <>
      <h1 className="font-semibold text-2xl">Sign in</h1>
      <p className="mt-1 mb-6 text-ink-2">to watch over your journeys.</p>
      {config.data?.needs_setup && (
        <Notice tone="info" className="mb-5">
          Nobody owns this installation yet. Open the one-time link that Sojourn printed when it started.
        </Notice>
      )}
      <form onSubmit={form.onSubmit} className="grid gap-4">
        <Field label="Email" error={form.faultOf('email')}>
          {(wiring) => (
            <Input {...wiring} name="email" type="email" autoComplete="username" required className="h-10" />
          )}
        </Field>
        <Field label="Password" error={form.faultOf('password')}>
          {(wiring) => (
            <Input
              {...wiring}
              name="password"
              type="password"
              autoComplete="current-password"
              required
              className="h-10"
            />
          )}
        </Field>
        {form.error && <Notice tone="bad">{form.error}</Notice>}
        <Button type="submit" look="primary" size="lg" busy={form.busy}>
          Sign in
        </Button>
      </form>
    </>
  );
}
