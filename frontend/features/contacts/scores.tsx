'use client';

import { ChartNoAxesColumn } from 'lucide-react';
import { useState } from 'react';
import { LoadMore } from '@/components/load-more';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Facts } from '@/components/ui/facts';
import { Loaded } from '@/components/ui/loaded';
import { Ago } from '@/components/ui/time';
import type { ContactDetail } from '@/lib/api/types';
import { formatNumber, humanize } from '@/lib/format';
import { useScoreHistory } from './queries';

type Score = ContactDetail['scores'][number];

/** What the scoring models make of the person, how much of it journeys gave, and how it came about. */
export function Scores({ contactId, scores }: { contactId: string; scores: Score[] }) {
  const [open, setOpen] = useState<Score | null>(null);
  if (scores.length === 0) return null;
  return (
    <Card title="Scores">
      <Facts
        facts={scores.map((score) => [
          score.name,
          <span key={score.model} className="flex flex-wrap items-baseline gap-x-2">
            <span className="num font-medium">{formatNumber(score.value)}</span>
            <span className="text-ink-3 text-xs">
              {score.given !== 0 && `${formatNumber(score.given)} by journeys, `}
              <Ago at={score.updated_at} />
            </span>
            <Button size="sm" look="quiet" className="-my-1 ml-auto" onClick={() => setOpen(score)}>
              History
            </Button>
          </span>,
        ])}
      />
      {open && <ScoreHistory contactId={contactId} score={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

const signed = new Intl.NumberFormat(undefined, { signDisplay: 'always' });

interface HistoryProps {
  contactId: string;
  score: Score;
  onClose(): void;
}

function ScoreHistory({ contactId, score, onClose }: HistoryProps) {
  const changes = useScoreHistory(score.model, contactId);
  return (
    <Dialog open onOpenChange={onClose} title={score.name} description={`Now ${formatNumber(score.value)}`}>
      <Loaded
        query={changes}
        empty={
          <EmptyState icon={ChartNoAxesColumn} title="It never changed">
            Each change of the score is listed here, with what made it.
          </EmptyState>
        }
      >
        {(rows) => (
          <>
            <ul className="text-sm">
              {rows.map(({ at, before, after, reason }) => (
                <li key={at} className="rule-b flex items-baseline gap-3 py-2">
                  <span className="num w-12 shrink-0 text-right font-medium">{signed.format(after - before)}</span>
                  <span className="min-w-0 flex-1">{humanize(reason)}</span>
                  <span className="num text-ink-2">{formatNumber(after)}</span>
                  <span className="text-ink-3 text-xs">
                    <Ago at={at} />
                  </span>
                </li>
              ))}
            </ul>
            <LoadMore pages={changes} />
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
