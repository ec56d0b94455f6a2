'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { useMe } from '@/lib/auth';
import { toast } from '@/lib/toast';
import { useForm } from '@/lib/use-form';
import { useChangePassword } from './queries';

/** How the signed-in person signs in. */
export function Profile() {
  const { user } = useMe();
  const [changes, setChanges] = useState(0);
  return (
    <Card
      title="Password"
      description={`You sign in as ${user.email}. A new password signs you out in every other browser.`}
    >
      <PasswordForm key={changes} email={user.email ?? ''} onChanged={() => setChanges(changes + 1)} />
    </Card>
  );
}

function PasswordForm({ email, onChanged }: { email: string; onChanged(): void }) {
  const change = useChangePassword();
  const form = useForm(async ({ current_password = '', new_password = '' }) => {
    await change.mutateAsync({ current_password, new_password });
    toast.success('Password changed', { description: 'Every other browser is signed out.' });
    onChanged();
  });
  return (
    <form onSubmit={form.onSubmit} className="grid max-w-sm gap-4">
      {/* Tells a password manager whose password this is. */}
      <input name="username" autoComplete="username" defaultValue={email} hidden />
      <Field label="Current password" error={form.faultOf('current_password')}>
        {(wiring) => (
          <Input {...wiring} name="current_password" type="password" autoComplete="current-password" required />
        )}
      </Field>
      <Field label="New password" hint="At least 10 characters." error={form.faultOf('new_password')}>
        {(wiring) => (
          <Input
            {...wiring}
            name="new_password"
            type="password"
            autoComplete="new-password"
            minLength={10}
            maxLength={200}
            required
          />
        )}
      </Field>
      {form.error && <Notice tone="bad">{form.error}</Notice>}
      <Button type="submit" look="primary" busy={form.busy} className="justify-self-start">
        Change password
      </Button>
    </form>
  );
}
