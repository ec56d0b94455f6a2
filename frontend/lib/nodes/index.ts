import type { GraphNode, NodeKind } from '@/lib/api/types';
import { humanize } from '@/lib/format';
import type { NodeDescriptor, NodeGroup } from './descriptor';
import { effects } from './effects';
import { logic } from './logic';
import { timing } from './timing';
import { triggers } from './triggers';

export type { NodeDescriptor, NodeGroup } from './descriptor';

const REGISTRY: Record<string, NodeDescriptor> = { ...triggers, ...timing, ...logic, ...effects };

const GROUPS: readonly string[] = ['trigger', 'timing', 'logic', 'message', 'contact', 'outside', 'custom'];
const groupOf = (group = ''): NodeGroup => (GROUPS.includes(group) ? (group as NodeGroup) : 'custom');

/** How a kind is shown; a custom activity, which we have never heard of, goes by what the server says of it. */
export const descriptorOf = (name: string, kind?: NodeKind): NodeDescriptor =>
  REGISTRY[name] ?? {
    title: kind?.title ?? humanize(name),
    group: groupOf(kind?.group),
    summary: () => kind?.description ?? 'A custom step',
  };

export const titleOf = (node: GraphNode): string => node.data.label || descriptorOf(node.type).title;
export const summaryOf = (node: GraphNode): string => descriptorOf(node.type).summary(node.data);

/** What stands on the edge from a node's outlet, if anything. */
export function outletLabel(node: GraphNode, outlet: string | null | undefined): string | undefined {
  if (!outlet || outlet === 'next') return undefined;
  const { outlet: label } = descriptorOf(node.type);
  return label ? label(outlet, node.data) : humanize(outlet);
}

export const isTrigger = (node: GraphNode): boolean => descriptorOf(node.type).group === 'trigger';
