import type { GraphFault, Validation } from '@/lib/api/types';

/** Faults by the node they are of; those of the whole journey are under the empty id. */
export function byNode({ errors }: Pick<Validation, 'errors'>): Record<string, GraphFault[]> {
  const found: Record<string, GraphFault[]> = {};
  for (const fault of errors) {
    const id = fault.node_id ?? '';
    found[id] = [...(found[id] ?? []), fault];
  }
  return found;
}

/** What is wrong at a field or anywhere in it: `paths.0.rule` is in `paths`. */
export const faultAt = (faults: readonly GraphFault[], field: string): string | undefined =>
  faults.find((fault) => fault.field === field || fault.field?.startsWith(`${field}.`))?.message;
