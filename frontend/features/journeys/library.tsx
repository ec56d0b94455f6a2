'use client';

import { Library as LibraryIcon } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { NodeIcon } from '@/components/node-icon';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Filters } from '@/components/ui/filters';
import { SearchInput } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import type { Example, GraphNode } from '@/lib/api/types';
import { count, humanize } from '@/lib/format';
import { listSteps } from '@/lib/graph/steps';
import { isTrigger, summaryOf, titleOf } from '@/lib/nodes';
import { useExamples, useImportJourney } from './queries';

const GraphThumb = dynamic(() => import('@/components/graph-thumb'), { ssr: false });

const isMail = ({ type }: GraphNode) => type === 'send_email';

/** Tags that are not words. */
const TAGS: Record<string, string> = { b2b: 'B2B', saas: 'SaaS' };

/** What an example is made of, in a line. */
const contents = ({ graph: { nodes } }: Example) =>
  `${count(nodes.length, 'step')} · ${count(nodes.filter(isMail).length, 'mail')}`;

const lowerFirst = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

/** What starts it, where nobody wrote a description. */
function aboutOf({ description, graph: { nodes } }: Example): string {
  const trigger = nodes.find(isTrigger);
  return description || (trigger ? `Starts ${lowerFirst(summaryOf(trigger))}.` : 'An empty start.');
}

const stepsOf = ({ graph }: Example) => listSteps(graph).filter(({ repeats }) => !repeats);

const has = (words: string) => (example: Example) =>
  `${example.name} ${aboutOf(example)} ${example.tags.join(' ')}`.toLowerCase().includes(words.toLowerCase());

/** Ready journeys with a picture of each; one is looked at before it is made. */
export function Library() {
  const examples = useExamples();
  const [words, setWords] = useState('');
  const [tag, setTag] = useState('');
  const [open, setOpen] = useState<Example | null>(null);
  return (
    <Loaded
      query={examples}
      loading={<Skeletons />}
      empty={
        <EmptyState icon={LibraryIcon} title="The library is empty">
          This installation came without ready journeys. Begin with an empty canvas, or with a file.
        </EmptyState>
      }
    >
      {(items) => {
        const tags = [...new Set(items.flatMap((example) => example.tags))].sort();
        const shown = items.filter(has(words)).filter((example) => !tag || example.tags.includes(tag));
        return (
          <div className="grid grid-cols-1 gap-4">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <SearchInput
                aria-label="Search the library"
                placeholder="Search the library"
                className="w-full sm:w-64"
                value={words}
                onChange={(event) => setWords(event.target.value)}
              />
              <Filters
                label="Kind"
                options={[
                  { value: '', label: 'All' },
                  ...tags.map((name) => ({ value: name, label: TAGS[name] ?? humanize(name) })),
                ]}
                value={tag}
                onChange={setTag}
              />
            </div>
            {shown.length === 0 && <p className="text-ink-2">None of the library has these words.</p>}
            <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
              {shown.map((example) => (
                <Card key={example.slug} example={example} onOpen={() => setOpen(example)} />
              ))}
            </ul>
            {open && <Preview example={open} onClose={() => setOpen(null)} />}
          </div>
        );
      }}
    </Loaded>
  );
}

function Card({ example, onOpen }: { example: Example; onOpen(): void }) {
  return (
    <li className="relative flex min-w-0 flex-col overflow-hidden rounded-lg border bg-surface transition-colors hover:border-line-strong">
      <div className="h-44 border-b bg-sunken p-3">
        <GraphThumb graph={example.graph} className="size-full" />
      </div>
      <div className="flex flex-1 flex-col p-4">
        <h2 className="font-semibold">
          <button type="button" onClick={onOpen} className="text-left fills-row">
            {example.name}
          </button>
        </h2>
        <p className="mt-1 line-clamp-3 text-ink-2 text-sm">{aboutOf(example)}</p>
        <p className="num mt-auto pt-3 text-ink-3 text-xs">{contents(example)}</p>
      </div>
    </li>
  );
}

/** The steps in words beside the picture, and the one thing to do. */
function Preview({ example, onClose }: { example: Example; onClose(): void }) {
  const router = useRouter();
  const create = useImportJourney();
  const use = () => create.mutate(example.content, { onSuccess: ({ id }) => router.push(`/journeys/view?id=${id}`) });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={example.name}
      description={aboutOf(example)}
      className="sm:w-[min(880px,calc(100vw-24px))]"
    >
      <div className="grid gap-5 sm:grid-cols-[1fr_320px]">
        <div className="h-64 rounded-lg border bg-sunken p-3 sm:h-[26rem]">
          <GraphThumb graph={example.graph} className="size-full" />
        </div>
        <ol
          aria-label="Steps"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
          tabIndex={0}
          className="grid content-start gap-2.5 outline-offset-2 sm:max-h-[26rem] sm:overflow-y-auto"
        >
          {stepsOf(example).map(({ node, depth }) => (
            <li key={node.id} className="flex gap-2.5" style={{ marginLeft: Math.min(depth, 3) * 12 }}>
              <NodeIcon kind={node.type} />
              <span className="min-w-0">
                <span className="block truncate font-medium">{titleOf(node)}</span>
                <span className="line-clamp-2 text-ink-2 text-xs">{summaryOf(node)}</span>
              </span>
            </li>
          ))}
        </ol>
      </div>
      <div className="mt-5 flex flex-wrap items-center justify-between gap-2">
        <p className="num text-ink-3 text-xs">{contents(example)}</p>
        <Button look="primary" busy={create.isPending} onClick={use}>
          Use this journey
        </Button>
      </div>
    </Dialog>
  );
}

const Skeletons = () => (
  <div role="status" aria-label="Loading" className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
    {['one', 'two', 'three'].map((name) => (
      <Skeleton key={name} className="h-80 rounded-lg" />
    ))}
  </div>
);
