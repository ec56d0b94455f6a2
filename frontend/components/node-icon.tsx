import { cn } from '@/lib/cn';
import { descriptorOf, type NodeGroup } from '@/lib/nodes';

const COLOURS: Record<NodeGroup, string> = {
  trigger: 'text-group-trigger bg-group-trigger/10',
  timing: 'text-group-timing bg-group-timing/10',
  logic: 'text-group-logic bg-group-logic/10',
  message: 'text-group-message bg-group-message/10',
  contact: 'text-group-contact bg-group-contact/10',
  outside: 'text-group-outside bg-group-outside/10',
};

/** What kind of step this is: the only place where its group has a colour. */
export function NodeIcon({ kind, group, className }: { kind: string; group?: string; className?: string }) {
  const { icon: Icon, group: ours } = descriptorOf(kind);
  const colour = COLOURS[group as NodeGroup] ?? COLOURS[ours];
  return (
    <span aria-hidden className={cn('grid size-7 shrink-0 place-items-center rounded-md', colour, className)}>
      <Icon className="size-4" />
    </span>
  );
}
