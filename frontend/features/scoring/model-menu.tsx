'use client';

import { useRouter } from 'next/navigation';
import { DeleteMenu } from '@/components/actions-menu';
import type { ScoringModel } from '@/lib/api/types';
import { useDeleteModel } from './queries';

export function ModelMenu({ model: { slug, name } }: { model: ScoringModel }) {
  const router = useRouter();
  const remove = useDeleteModel();
  return (
    <DeleteMenu
      name={name}
      consequences="Everyone loses this score, the points that journeys gave included. This cannot be undone."
      onDelete={async () => {
        await remove.mutateAsync(slug);
        router.push('/scoring');
      }}
    />
  );
}
