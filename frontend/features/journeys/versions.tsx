'use client';

import { GitCompare, History, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Skeleton } from '@/components/ui/skeleton';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import type { Journey, JourneyVersion } from '@/lib/api/types';
import { Changes } from './changes';
import { PublishDialog } from './lazy';
import { useVersion, useVersions } from './queries';

/** What was published, when and by whom; any two to compare, any older one to go back to. */
export function Versions({ journey }: { journey: Journey }) {
  const { id, version: live, state } = journey;
  const versions = useVersions(id);
  const [going, setGoing] = useState<number | null>(null);
  return (
    <Loaded
      query={versions}
      empty={
        <EmptyState icon={History} title="Never published">
          Each time the draft is published, a version that cannot be changed is kept here.
        </EmptyState>
      }
    >
      {(rows) => (
        <div className="grid gap-4">
          <Table label="Versions">
            <TableHead columns={['Version', 'Published', 'By', { name: 'Hash', className: 'max-sm:hidden' }, '']} />
            <tbody>
              {rows.map(({ version, published_at, published_by, hash }) => (
                <Row key={version}>
                  <Cell className="num whitespace-nowrap font-medium">
                    {version} {version === live && <Badge tone="ok">Live</Badge>}
                  </Cell>
                  <Cell className="text-ink-2">
                    <Ago at={published_at} />
                  </Cell>
                  <Cell className="text-ink-2">{published_by ?? '–'}</Cell>
                  <Cell className="font-mono text-ink-3 text-xs max-sm:hidden">{hash.slice(0, 12)}</Cell>
                  <Cell className="text-right">
                    {version !== live && state !== 'archived' && (
                      <Button size="sm" onClick={() => setGoing(version)}>
                        <Undo2 /> Go back to {version}
                      </Button>
                    )}
                  </Cell>
                </Row>
              ))}
            </tbody>
          </Table>
          <Compare journey={journey} versions={rows} />
          {going !== null && <PublishDialog id={id} from={going} onClose={() => setGoing(null)} />}
        </div>
      )}
    </Loaded>
  );
}

const DRAFT = 'draft';

/** Two versions side by side, or one and the draft. */
function Compare({ journey, versions }: { journey: Journey; versions: JourneyVersion[] }) {
  const numbers = versions.map(({ version }) => version);
  const [before, setBefore] = useState(String(numbers[journey.has_unpublished_changes ? 0 : 1] ?? numbers[0]));
  const [after, setAfter] = useState(journey.has_unpublished_changes ? DRAFT : String(numbers[0]));
  const contents = { before: useContent(journey, before), after: useContent(journey, after) };
  if (numbers.length < 2 && !journey.has_unpublished_changes) return null;
  const pick = (label: string, value: string, onChange: (value: string) => void) => (
    <Select aria-label={label} className="w-32" value={value} onChange={(event) => onChange(event.target.value)}>
      {numbers.map((version) => (
        <option key={version} value={version}>
          Version {version}
        </option>
      ))}
      <option value={DRAFT}>The draft</option>
    </Select>
  );
  return (
    <Card
      title={
        <span className="inline-flex items-center gap-2">
          <GitCompare aria-hidden className="size-4 text-ink-3" /> Compare
        </span>
      }
      actions={
        <div className="flex items-center gap-2 text-ink-3 text-sm">
          {pick('Compare from', before, setBefore)} with {pick('Compare to', after, setAfter)}
        </div>
      }
    >
      {contents.before && contents.after ? (
        <Changes before={contents.before} after={contents.after} />
      ) : (
        <Skeleton className="h-32" />
      )}
    </Card>
  );
}

function useContent(journey: Journey, which: string) {
  const version = useVersion(journey.id, which === DRAFT ? null : Number(which));
  return which === DRAFT ? journey : version.data;
}
