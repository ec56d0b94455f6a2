'use client';

import { Select } from '@/components/ui/input';
import { without } from '@/lib/rules/tree';
import type { ClauseProps } from './clause-props';
import { SpanInput } from './span-input';

/** How far back to look: ever, or within a span. */
export function Within({ rule, onChange }: ClauseProps) {
  const isLimited = typeof rule.within === 'string';
  return (
    <div className="flex flex-wrap gap-1.5">
      <Select
        aria-label="When"
        className="min-w-24 flex-1"
        value={isLimited ? 'within' : 'ever'}
        onChange={(event) =>
          onChange(event.target.value === 'ever' ? without(rule, 'within') : { ...rule, within: '30d' })
        }
      >
        <option value="ever">ever</option>
        <option value="within">in the last</option>
      </Select>
      {isLimited && (
        <div className="min-w-36 flex-1">
          <SpanInput label="In the last" value={rule.within} onChange={(within) => onChange({ ...rule, within })} />
        </div>
      )}
    </div>
  );
}
