'use client';

import { Send } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useMe } from '@/lib/auth';
import { toast } from '@/lib/toast';
import { useTestSend } from './queries';

/** Sends the saved template to one address, rendered for the contact of the preview. */
export function TestSend({ id, contactId }: { id: string; contactId: string }) {
  const { user } = useMe();
  const [open, setOpen] = useState(false);
  const [to, setTo] = useState(user.email ?? '');
  const send = useTestSend();
  const submit = async () => {
    await send.mutateAsync({ id, to, contactId });
    toast.success(`Sent to ${to}`);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Send /> Test
      </Button>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title="Send a test"
        description="The saved template, as in the preview. It counts nowhere."
        action="Send"
        onConfirm={submit}
      >
        <Field label="To">
          {(wiring) => <Input {...wiring} type="email" value={to} onChange={(event) => setTo(event.target.value)} />}
        </Field>
      </Confirm>
    </>
  );
}
