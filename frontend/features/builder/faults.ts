import type { GraphFault, GraphNode, Validation } from '@/lib/api/types';
import { outletLabel } from '@/lib/nodes';

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
  sentence(faults.find((fault) => fault.field === field || fault.field?.startsWith(`${field}.`))?.message);

const sentence = (words: string | undefined) => words && `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/** A fault as a sentence; ways out go by the names that they have on the canvas. */
export function inWords({ message }: GraphFault, node: GraphNode): string {
  const named = message.replace(/^outlet '([^']+)'/, (_, outlet: string) => `“${outletLabel(node, outlet) ?? 'Next'}”`);
  return `${named.charAt(0).toUpperCase()}${named.slice(1)}${/[.!?]$/.test(named) ? '' : '.'}`;
}
