import { Button } from '@/components/ui/button';
import type { Rule } from '@/lib/api/types';

const STARTERS: [name: string, rule: Rule][] = [
  ['By an attribute', { attribute: 'country', op: 'in', value: ['DE', 'AT', 'CH'] }],
  ['Did it often', { event: 'Order Completed', op: 'at_least', count: 2, within: '30d' }],
  [
    'Went quiet',
    {
      all: [
        { attribute: 'lifecycle', op: 'eq', value: 'customer' },
        { event: 'Order Completed', op: 'never', within: '90d' },
      ],
    },
  ],
  ['Opened a mail', { message: { action: 'opened', within: '14d' } }],
];

/** Rules to begin from, one of each sort. */
export function Starters({ onPick }: { onPick(rule: Rule): void }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-ink-3 text-xs">Begin with</span>
      {STARTERS.map(([name, rule]) => (
        <Button key={name} size="sm" onClick={() => onPick(rule)}>
          {name}
        </Button>
      ))}
    </div>
  );
}
