'use client';

import { GitCompare, Undo2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import { Ago } from '@/components/ui/time';
import type { Template, TemplateVersion } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { useSearchState } from '@/lib/use-search-state';
import { textOf } from './draft';
import { useVersions } from './queries';

const SourceDiff = dynamic(() => import('@/components/ui/source-diff'), {
  ssr: false,
  loading: () => <Skeleton className="h-64" />,
});

interface Props {
  template: Template;
  onRestore(version: TemplateVersion): void;
}

/** What the template was, who made it so, and what that changed. */
export function Versions({ template, onRestore }: Props) {
  const versions = useVersions(template.id, template.version);
  const [number, setNumber] = useSearchState('version', String(template.version));
  return (
    <Loaded query={versions}>
      {(rows) => {
        const at = rows.findIndex(({ version }) => String(version) === number);
        const open = rows[at];
        return (
          <div className="grid items-start gap-6 lg:grid-cols-[280px_minmax(0,1fr)]">
            <ol aria-label="Versions" className="overflow-hidden rounded-lg border bg-surface">
              {rows.map((row) => (
                <Line
                  key={row.id}
                  row={row}
                  isNewest={row.version === template.version}
                  isOpen={row === open}
                  onOpen={() => setNumber(String(row.version))}
                />
              ))}
            </ol>
            {open && (
              <Change
                version={open}
                before={rows[at + 1]}
                onRestore={open.version === template.version ? undefined : () => onRestore(open)}
              />
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

interface LineProps {
  row: TemplateVersion;
  isNewest: boolean;
  isOpen: boolean;
  onOpen(): void;
}

const Line = ({ row, isNewest, isOpen, onOpen }: LineProps) => (
  <li className="rule-b">
    <button
      type="button"
      aria-pressed={isOpen}
      onClick={onOpen}
      className={cn('block w-full px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-hover', isOpen && 'bg-hover')}
    >
      <span className="num flex items-center gap-2 font-medium">
        Version {row.version} {isNewest && <Badge tone="ok">Newest</Badge>}
      </span>
      <span className="block text-ink-3 text-xs">
        <Ago at={row.created_at} /> {row.created_by && `by ${row.created_by}`}
      </span>
    </button>
  </li>
);

interface ChangeProps {
  version: TemplateVersion;
  before?: TemplateVersion;
  onRestore?(): void;
}

function Change({ version, before, onRestore }: ChangeProps) {
  return (
    <section aria-label={`Version ${version.version}`} className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <p className="flex flex-1 items-center gap-2 text-ink-2">
          <GitCompare aria-hidden className="size-4 text-ink-3" />
          {before ? `What changed since version ${before.version}` : 'The first version'}
        </p>
        {onRestore && (
          <Button onClick={onRestore}>
            <Undo2 /> Write on from this one
          </Button>
        )}
      </div>
      <SourceDiff
        label={`Changes of version ${version.version}`}
        before={before ? textOf(before) : textOf(version)}
        after={textOf(version)}
      />
    </section>
  );
}
