'use client';

import { Loaded } from '@/components/ui/loaded';
import { useSearchState } from '@/lib/use-search-state';
import { useTemplate } from './queries';
import { TemplateList } from './template-list';
import { TemplateView } from './template-view';

/** The list, or the one that the address names. */
export function Templates() {
  const [id] = useSearchState('id');
  if (!id) return <TemplateList />;
  if (id === 'new') return <TemplateView />;
  return <SavedTemplate id={id} />;
}

function SavedTemplate({ id }: { id: string }) {
  const template = useTemplate(id);
  return <Loaded query={template}>{(loaded) => <TemplateView key={loaded.id} template={loaded} />}</Loaded>;
}
