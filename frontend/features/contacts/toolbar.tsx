'use client';

import { Columns3, ListFilter, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { SearchInput } from '@/components/ui/input';
import { Menu, MenuCheck, MenuLabel, MenuRule } from '@/components/ui/menu';
import { useAttributes } from '@/features/rules/queries';
import type { ContactSearch } from '@/lib/api/types';
import { describeRule } from '@/lib/rules/words';
import { useDebounced } from '@/lib/use-debounced';
import { attributeColumn, FIELDS, STANDARD_COLUMNS } from './columns';

const RuleDialog = dynamic(() => import('./rule-dialog').then((module) => module.RuleDialog), { ssr: false });

interface Props {
  search: ContactSearch;
  onSearch(search: ContactSearch): void;
  columns: string[];
  onColumns(columns: string[]): void;
}

/** What narrows the list, and what of each person it shows. */
export function Toolbar({ search, onSearch, columns, onColumns }: Props) {
  const [filtering, setFiltering] = useState(false);
  const { rule, tag } = search;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Words search={search} onSearch={onSearch} />
      <Button onClick={() => setFiltering(true)}>
        <ListFilter /> {rule ? 'Change filter' : 'Filter'}
      </Button>
      <ColumnMenu columns={columns} onColumns={onColumns} />
      {rule && <Said words={describeRule(rule)} onDrop={() => onSearch({ ...search, rule: null })} />}
      {tag && <Said words={`tagged ${tag}`} onDrop={() => onSearch({ ...search, tag: null })} />}
      {filtering && (
        <RuleDialog
          rule={rule ?? null}
          onPick={(picked) => {
            setFiltering(false);
            onSearch({ ...search, rule: picked });
          }}
          onClose={() => setFiltering(false)}
        />
      )}
    </div>
  );
}

/** The words as they are typed; the search follows when they rest. */
function Words({ search, onSearch }: Pick<Props, 'search' | 'onSearch'>) {
  const q = search.q ?? '';
  const [text, setText] = useState(q);
  // The address follows a moment after we ask for it: only what somebody else put there replaces the words.
  const [seen, setSeen] = useState(q);
  const [sent, setSent] = useState(q);
  if (q !== seen) {
    setSeen(q);
    if (q !== sent) {
      setSent(q);
      setText(q);
    }
  }
  const rested = useDebounced(text.trim(), 200);
  useEffect(() => {
    if (rested === text.trim() && rested !== sent) {
      setSent(rested);
      onSearch({ ...search, q: rested });
    }
  }, [rested, text, sent, search, onSearch]);
  return (
    <SearchInput
      aria-label="Find contacts"
      placeholder="Name, email or id"
      className="w-full sm:w-72"
      value={text}
      onChange={(event) => setText(event.target.value)}
    />
  );
}

const Said = ({ words, onDrop }: { words: string; onDrop(): void }) => (
  <span className="inline-flex h-7 min-w-0 max-w-full items-center gap-1 rounded-full bg-accent-soft pr-1 pl-3 text-accent-ink text-xs">
    <span className="truncate">{words}</span>
    <button
      type="button"
      aria-label={`Remove the filter: ${words}`}
      onClick={onDrop}
      className="grid size-5 shrink-0 place-items-center rounded-full hover:bg-hover pointer-coarse:size-8"
    >
      <X className="size-3" />
    </button>
  </span>
);

function ColumnMenu({ columns, onColumns }: Pick<Props, 'columns' | 'onColumns'>) {
  const own = useAttributes()
    .filter(({ name }) => !FIELDS.has(name))
    .map(({ name }) => attributeColumn(name));
  const toggle = (key: string) =>
    onColumns(columns.includes(key) ? columns.filter((other) => other !== key) : [...columns, key]);
  return (
    <Menu
      trigger={
        <Button aria-label="Columns">
          <Columns3 /> <span className="max-sm:hidden">Columns</span>
        </Button>
      }
    >
      {STANDARD_COLUMNS.map(({ key, label }) => (
        <MenuCheck key={key} checked={columns.includes(key)} onToggle={() => toggle(key)}>
          {label}
        </MenuCheck>
      ))}
      {own.length > 0 && (
        <>
          <MenuRule />
          <MenuLabel>Attributes</MenuLabel>
          {own.map(({ key, label }) => (
            <MenuCheck key={key} checked={columns.includes(key)} onToggle={() => toggle(key)}>
              {label}
            </MenuCheck>
          ))}
        </>
      )}
    </Menu>
  );
}
