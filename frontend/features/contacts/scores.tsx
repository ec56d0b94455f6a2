import { Card } from '@/components/ui/card';
import { Facts } from '@/components/ui/facts';
import { Ago } from '@/components/ui/time';
import type { ContactDetail } from '@/lib/api/types';
import { formatNumber } from '@/lib/format';

/** What the scoring models make of the person, and how much of it journeys gave. */
export function Scores({ scores }: { scores: ContactDetail['scores'] }) {
  if (scores.length === 0) return null;
  return (
    <Card title="Scores">
      <Facts
        facts={scores.map(({ model, name, value, given, updated_at }) => [
          name,
          <span key={model} className="flex flex-wrap items-baseline gap-x-2">
            <span className="num font-medium">{formatNumber(value)}</span>
            <span className="text-ink-3 text-xs">
              {given !== 0 && `${formatNumber(given)} by journeys, `}
              <Ago at={updated_at} />
            </span>
          </span>,
        ])}
      />
    </Card>
  );
}
