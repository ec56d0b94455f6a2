'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Slider as Radix } from 'radix-ui';
import { Button } from '@/components/ui/button';
import { formatDateTime } from '@/lib/format';

interface Props {
  /** When anything happens, in order. */
  moments: number[];
  /** The place of the moment that is shown. */
  index: number;
  onChange(index: number): void;
}

const DAY_MS = 86_400_000;

/** Goes through a simulation moment by moment; each is one at which something happens. */
export function TimeSlider({ moments, index, onChange }: Props) {
  const now = moments[index] ?? 0;
  const day = Math.floor((now - (moments[0] ?? now)) / DAY_MS) + 1;
  return (
    <div className="grid gap-2">
      <p className="flex items-baseline justify-between text-sm" role="status">
        <span className="font-semibold">Day {day}</span>
        <span className="num text-ink-2 text-xs">{formatDateTime(new Date(now).toISOString())}</span>
      </p>
      <div className="flex items-center gap-1">
        <Button
          look="quiet"
          size="icon"
          aria-label="The moment before"
          disabled={index <= 0}
          onClick={() => onChange(index - 1)}
        >
          <ChevronLeft />
        </Button>
        <Radix.Root
          className="relative flex h-8 flex-1 touch-none items-center"
          min={0}
          max={Math.max(1, moments.length - 1)}
          value={[index]}
          onValueChange={([next = 0]) => onChange(Math.min(next, moments.length - 1))}
        >
          <Radix.Track className="h-1.5 flex-1 rounded-full bg-hover">
            <Radix.Range className="absolute h-1.5 rounded-full bg-accent" />
          </Radix.Track>
          <Radix.Thumb
            aria-label="Time"
            aria-valuetext={formatDateTime(new Date(now).toISOString())}
            className="block size-4.5 rounded-full border-2 border-accent bg-surface shadow-node pointer-coarse:size-7"
          />
        </Radix.Root>
        <Button
          look="quiet"
          size="icon"
          aria-label="The next moment"
          disabled={index >= moments.length - 1}
          onClick={() => onChange(index + 1)}
        >
          <ChevronRight />
        </Button>
      </div>
    </div>
  );
}
