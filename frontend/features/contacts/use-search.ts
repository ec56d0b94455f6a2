'use client';

import { useSearchParams } from 'next/navigation';
import type { ContactFilter, ContactSearch, Rule } from '@/lib/api/types';
import { isSort, NEWEST } from './sorting';

const FIELDS = ['q', 'segment_id', 'tag'] as const;

/** A search read from the page's address; a rule that was spoilt on the way counts as none. */
export function searchFrom(params: URLSearchParams): ContactSearch {
  const search: ContactSearch = {};
  for (const field of FIELDS) {
    const value = params.get(field);
    if (value) search[field] = value;
  }
  const sort = params.get('sort');
  if (isSort(sort)) search.sort = sort;
  const rule = params.get('rule');
  if (rule) {
    try {
      search.rule = JSON.parse(rule) as Rule;
    } catch {
      // Half a link: the rest of it still says something.
    }
  }
  return search;
}

/** The address of a search, without what it does not say. */
export function paramsOf({ q, segment_id, tag, rule, sort }: ContactSearch, view = ''): URLSearchParams {
  const order = sort === NEWEST ? '' : sort;
  const said = { q, segment_id, tag, rule: rule && JSON.stringify(rule), sort: order, view };
  return new URLSearchParams(Object.entries(said).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** A search without its order: who is found, however they stand. */
export const foundBy = ({ sort: _, ...filter }: ContactSearch): ContactFilter => filter;

export const isEverybody = (search: ContactSearch): boolean => paramsOf(foundBy(search)).size === 0;

/** The rule that holds for whom a search finds; null where it looks for words, as no rule does, or finds everybody. */
export function ruleOf({ q, rule, tag, segment_id }: ContactSearch): Rule | null {
  if (q) return null;
  const parts: Rule[] = rule ? [rule] : [];
  if (tag) parts.push({ attribute: 'tags', op: 'contains', value: tag });
  if (segment_id) parts.push({ segment: segment_id });
  return parts.length > 1 ? { all: parts } : (parts[0] ?? null);
}

/** The search and the open view, kept in the address so that a link or the Back key brings them again. */
export function useSearch(): [ContactSearch, string, (search: ContactSearch, view?: string) => void] {
  const params = useSearchParams();
  const set = (search: ContactSearch, view = '') => {
    const next = paramsOf(search, view);
    history.replaceState(null, '', next.size ? `?${next}` : location.pathname);
  };
  return [searchFrom(params), params.get('view') ?? '', set];
}
