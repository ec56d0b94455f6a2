'use client';

import { useQuery } from '@tanstack/react-query';
import { icons, Puzzle } from 'lucide-react';
import { nodeKinds } from '@/lib/nodes/kinds';

/** `graduation-cap` is exported as `GraduationCap`. */
const exported = (name: string) =>
  name.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase()) as keyof typeof icons;

/** The icon that a custom activity asks for by its Lucide name; a puzzle piece where there is none of that name. */
export default function OwnIcon({ kind }: { kind: string }) {
  const name = useQuery({
    ...nodeKinds,
    select: ({ items }) => items.find((each) => each.kind === kind)?.icon,
  }).data;
  const Icon = (name && icons[exported(name)]) || Puzzle;
  return <Icon className="size-4" />;
}
