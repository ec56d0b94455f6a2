'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Rows, removed, replaced } from '@/components/ui/rows';
import type { Pairs } from './request';

interface Props {
  /** What one of them is, such as `attribute`. */
  noun: string;
  pairs: Pairs;
  onChange(pairs: Pairs): void;
}

/** Names with their values; what looks like a number is one. */
export function PairsInput({ noun, pairs, onChange }: Props) {
  return (
    <div className="grid gap-1.5">
      <Rows items={pairs}>
        {([name, value], index) => (
          <div className="flex items-center gap-1.5">
            <Input
              aria-label={`Name of the ${noun}`}
              placeholder="name"
              value={name}
              onChange={({ target }) => onChange(replaced(pairs, index, [target.value, value]))}
            />
            <Input
              aria-label={`Value of the ${noun}`}
              placeholder="value"
              value={value}
              onChange={({ target }) => onChange(replaced(pairs, index, [name, target.value]))}
            />
            <Button
              look="quiet"
              size="icon"
              aria-label={`Remove the ${noun}`}
              onClick={() => onChange(removed(pairs, index))}
            >
              <X />
            </Button>
          </div>
        )}
      </Rows>
      <Button size="sm" look="quiet" className="justify-self-start" onClick={() => onChange([...pairs, ['', '']])}>
        <Plus /> Add {/^[aeiou]/.test(noun) ? 'an' : 'a'} {noun}
      </Button>
    </div>
  );
}
