'use client';

import { Loaded } from '@/components/ui/loaded';
import { useSearchState } from '@/lib/use-search-state';
import { NewModelView, SavedModelView } from './model-editor';
import { ModelList } from './model-list';
import { useModel } from './queries';

/** The list, or the model that the address names. */
export function Scoring() {
  const [model] = useSearchState('model');
  const [isNew] = useSearchState('new');
  if (isNew) return <NewModelView />;
  return model ? <SavedModel slug={model} /> : <ModelList />;
}

function SavedModel({ slug }: { slug: string }) {
  const model = useModel(slug);
  return <Loaded query={model}>{(loaded) => <SavedModelView key={loaded.id} model={loaded} />}</Loaded>;
}
