import type { Rule } from '@/lib/api/types';

/** What the form of a clause is given. */
export interface ClauseProps {
  rule: Rule;
  onChange(rule: Rule): void;
}
