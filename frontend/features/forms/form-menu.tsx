'use client';

import { useRouter } from 'next/navigation';
import { DeleteMenu } from '@/components/actions-menu';
import type { WebForm } from '@/lib/api/types';
import { useDeleteForm } from './queries';

export function FormMenu({ form: { id, name } }: { form: WebForm }) {
  const router = useRouter();
  const remove = useDeleteForm();
  return (
    <DeleteMenu
      name={name}
      consequences="Pages that still send to it get nothing in. Whoever sent it stays, with what they sent. This cannot be undone."
      onDelete={async () => {
        await remove.mutateAsync(id);
        router.push('/forms');
      }}
    />
  );
}
