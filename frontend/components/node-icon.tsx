'use client';

import { Puzzle } from 'lucide-react';
import dynamic from 'next/dynamic';
import { cn } from '@/lib/cn';
import { descriptorOf, type NodeGroup } from '@/lib/nodes';

const COLOURS: Record<NodeGroup, string> = {
  trigger: 'text-group-trigger bg-group-trigger/10',
  timing: 'text-group-timing bg-group-timing/10',
  logic: 'text-group-logic bg-group-logic/10',
  message: 'text-group-message bg-group-message/10',
  contact: 'text-group-contact bg-group-contact/10',
  outside: 'text-group-outside bg-group-outside/10',
  custom: 'text-group-custom bg-group-custom/10',
};

/** All of Lucide's icons are fetched only where a custom activity is shown. */
const OwnIcon = dynamic(() => import('./own-icon'), { ssr: false, loading: () => <Puzzle className="size-4" /> });

/** What kind of step this is: the only place where its group has a colour. */
export function NodeIcon({ kind, className }: { kind: string; className?: string }) {
  const { icon: Icon, group } = descriptorOf(kind);
  return (
    <span aria-hidden className={cn('grid size-7 shrink-0 place-items-center rounded-md', COLOURS[group], className)}>
      {Icon ? <Icon className="size-4" /> : <OwnIcon kind={kind} />}
    </span>
  );
}
