import type { LucideIcon } from 'lucide-react';
import type { NodeConfig } from '@/lib/api/types';

export type NodeGroup = 'trigger' | 'timing' | 'logic' | 'message' | 'contact' | 'outside' | 'custom';

/** How one kind of node is shown. */
export interface NodeDescriptor {
  title: string;
  group: NodeGroup;
  /** Nothing: the server names one. */
  icon?: LucideIcon;
  /** How a new one is set up, where its schema does not say it. */
  initial?: NodeConfig;
  /** What this node does, in one line. */
  summary(config: NodeConfig): string;
  /** What stands on the edge from an outlet; nothing for the ordinary way on. */
  outlet?(outlet: string, config: NodeConfig): string | undefined;
}
