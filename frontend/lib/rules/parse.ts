import type { Rule } from '@/lib/api/types';

/** A rule from its text, or what keeps it from being read. What the rule means is for the server to judge. */
export function parseRule(text: string): { rule: Rule | null; fault?: string } {
  try {
    const rule: unknown = JSON.parse(text);
    if (typeof rule === 'object' && rule !== null && !Array.isArray(rule)) return { rule: rule as Rule };
    return { rule: null, fault: 'A rule is an object, such as {"attribute": "country", "op": "eq", "value": "DE"}.' };
  } catch (error) {
    return { rule: null, fault: `This is not JSON yet: ${(error as Error).message}` };
  }
}
