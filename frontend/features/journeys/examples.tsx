'use client';

import { Card } from '@/components/ui/card';
import { Loaded } from '@/components/ui/loaded';
import type { Example } from '@/lib/api/types';
import { useExamples } from './queries';

/** Journeys to begin from; picking one shows its file, to be read before it is made. */
export function Examples({ onPick }: { onPick(content: string): void }) {
  const examples = useExamples();
  return (
    <Card flush title="Begin from an example">
      <Loaded query={examples} empty={<p className="p-4 text-ink-3 text-sm">This installation has no examples.</p>}>
        {(items) => (
          <ul>
            {items.map((example) => (
              <ExampleLine key={example.slug} example={example} onPick={() => onPick(example.content)} />
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function ExampleLine({ example: { name, description }, onPick }: { example: Example; onPick(): void }) {
  return (
    <li className="rule-b">
      <button
        type="button"
        onClick={onPick}
        className="block w-full px-4 py-3 text-left outline-offset-[-2px] hover:bg-hover"
      >
        <span className="block font-medium">{name}</span>
        <span className="block text-ink-2 text-xs">{description}</span>
      </button>
    </li>
  );
}
