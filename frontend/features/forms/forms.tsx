'use client';

import { Loaded } from '@/components/ui/loaded';
import { useSearchState } from '@/lib/use-search-state';
import { NewFormView, SavedFormView } from './form-editor';
import { FormList } from './form-list';
import { useWebForm } from './queries';

/** The list, or the one that the address names. */
export function Forms() {
  const [id] = useSearchState('id');
  if (!id) return <FormList />;
  if (id === 'new') return <NewFormView />;
  return <SavedForm id={id} />;
}

function SavedForm({ id }: { id: string }) {
  const form = useWebForm(id);
  return <Loaded query={form}>{(loaded) => <SavedFormView key={loaded.id} form={loaded} />}</Loaded>;
}
