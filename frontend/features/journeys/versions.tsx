'use client';

import { History } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Loaded } from '@/components/ui/loaded';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import { useVersions } from './queries';

/** What was published, when and by whom. The hash is the same wherever the same journey is imported. */
export function Versions({ journeyId, live }: { journeyId: string; live: number | null }) {
  const versions = useVersions(journeyId);
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
        <Table label="Versions">
          <TableHead columns={['Version', 'Published', 'By', 'Hash']} />
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
                <Cell className="font-mono text-ink-3 text-xs">{hash.slice(0, 12)}</Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </Loaded>
  );
}
