'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Checkbox } from '@/components/ui/checkbox';
import { Cell, Row } from '@/components/ui/table';
import type { Contact } from '@/lib/api/types';
import { cn } from '@/lib/cn';
import { nameOf } from '@/lib/format';
import { useKeys } from '@/lib/use-keys';
import { PHONE, useMedia } from '@/lib/use-media';
import { cellText, columnOf } from './columns';
import { isSortable, nextSort, type Sort, standing } from './sorting';
import type { Selection } from './use-selection';

const ROW_PX = 48;
const FETCH_BEFORE_ROWS = 20;

interface Props {
  contacts: Contact[];
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
  columns: string[];
  selection: Selection;
  sort?: Sort;
  onSort(sort: Sort): void;
}

const hrefOf = ({ id }: Contact) => `/contacts/view?id=${id}`;

/** A table of any length: only the rows in sight exist, and the next page is fetched before the end is reached. */
export function ContactTable({ contacts, pages, columns, selection, sort, onSort }: Props) {
  const isPhone = useMedia(PHONE);
  const shown = isPhone ? columns.slice(0, 1) : columns;
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(frame.current?.offsetTop ?? 0), []);
  const rows = useWindowVirtualizer({
    count: contacts.length,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: top,
  });
  const visible = rows.getVirtualItems();
  const first = visible[0]?.index ?? 0;
  const end = (visible.at(-1)?.index ?? -1) + 1;

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && end > contacts.length - FETCH_BEFORE_ROWS) fetchNextPage();
  }, [end, contacts.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const at = useRowKeys(contacts, selection, (index) => rows.scrollToIndex(index));

  return (
    <section
      ref={frame}
      aria-label="Contacts"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls sideways, by keyboard too.
      tabIndex={0}
      className="overflow-x-auto rounded-lg border bg-surface outline-offset-[-2px]"
    >
      <table
        aria-label="Contacts"
        style={{ minWidth: isPhone ? undefined : 240 + shown.length * 130 }}
        className="w-full table-fixed border-collapse text-sm"
      >
        <Head columns={shown} selection={selection} isPhone={isPhone} sort={sort} onSort={onSort} />
        <tbody>
          <Gap rows={first} />
          {contacts.slice(first, end).map((contact, place) => (
            <ContactRow
              key={contact.id}
              contact={contact}
              columns={shown}
              isChosen={selection.has(contact.id)}
              isAt={first + place === at}
              onToggle={() => selection.toggle(contact.id)}
            />
          ))}
          <Gap rows={contacts.length - end} />
        </tbody>
      </table>
    </section>
  );
}

/** `j` and `k` walk the rows, `x` chooses, `o` opens. Returns the row we are at, -1 for none. */
function useRowKeys(contacts: Contact[], selection: Selection, show: (index: number) => void): number {
  const [at, setAt] = useState(-1);
  const router = useRouter();
  const go = (step: number) => {
    const next = Math.min(contacts.length - 1, Math.max(0, at + step));
    setAt(next);
    show(next);
  };
  const current = contacts[at];
  useKeys({
    j: () => go(1),
    k: () => go(-1),
    ...(current && { x: () => selection.toggle(current.id), o: () => router.push(hrefOf(current)) }),
    ...(selection.ids.size > 0 && { Escape: selection.clear }),
  });
  return at;
}

/** The height of the rows that are not in sight. */
const Gap = ({ rows }: { rows: number }) => rows > 0 && <tr aria-hidden style={{ height: rows * ROW_PX }} />;

const NAME = { key: 'name', label: 'Name' };
const WIDTHS: Record<string, string> = { name: 'w-52', email: 'w-72' };
const HEAD = 'h-9 truncate px-3 font-medium last:pr-4';

interface HeadProps extends Pick<Props, 'columns' | 'selection' | 'sort' | 'onSort'> {
  isPhone: boolean;
}

function Head({ columns, selection, isPhone, sort, onSort }: HeadProps) {
  const { ids, all, seenCount } = selection;
  const isAll = all || (seenCount > 0 && ids.size === seenCount);
  return (
    <thead>
      <tr className="border-b text-left text-ink-3 text-xs">
        <th scope="col" className="w-11 pl-4">
          <Checkbox
            label="Select all rows"
            checked={isAll || (ids.size > 0 ? 'indeterminate' : false)}
            onChange={selection.toggleSeen}
          />
        </th>
        {[NAME, ...columns.map(columnOf)].map(({ key, label }) => (
          <th
            key={key}
            scope="col"
            aria-sort={isSortable(key) ? standing(key, sort) : undefined}
            className={cn(HEAD, !isPhone && WIDTHS[key])}
          >
            {isSortable(key) ? <SortHead column={key} label={label} sort={sort} onSort={onSort} /> : label}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const ARROWS = { ascending: ArrowUp, descending: ArrowDown, none: ArrowUpDown };

/** A column's head that sorts the whole list by it, not only the rows in sight. */
function SortHead({ column, label, sort, onSort }: { column: string; label: string } & Pick<Props, 'sort' | 'onSort'>) {
  const stands = standing(column, sort);
  const Arrow = ARROWS[stands];
  return (
    <button
      type="button"
      onClick={() => onSort(nextSort(column, sort))}
      className={cn(
        'group/sort -ml-1.5 flex h-7 max-w-full items-center gap-1 rounded px-1.5 hover:bg-hover hover:text-ink pointer-coarse:h-11',
        stands !== 'none' && 'text-ink',
      )}
    >
      <span className="truncate">{label}</span>
      <Arrow
        aria-hidden
        className={cn(
          'size-3 shrink-0',
          stands === 'none' && 'opacity-0 group-hover/sort:opacity-60 group-focus-visible/sort:opacity-60',
        )}
      />
    </button>
  );
}

interface RowProps {
  contact: Contact;
  columns: string[];
  isChosen: boolean;
  isAt: boolean;
  onToggle(): void;
}

function ContactRow({ contact, columns, isChosen, isAt, onToggle }: RowProps) {
  const name = nameOf(contact);
  return (
    <Row
      aria-selected={isChosen}
      className={cn(isChosen && 'bg-accent-soft hover:bg-accent-soft', isAt && 'shadow-[inset_2px_0_0_var(--accent)]')}
    >
      <Cell className="relative z-10">
        <Checkbox label={`Select ${name}`} checked={isChosen} onChange={onToggle} />
      </Cell>
      <Cell className="truncate font-medium">
        <Link href={hrefOf(contact)} className="fills-row">
          {name}
        </Link>
      </Cell>
      {columns.map((key) => (
        <Cell key={key} className="truncate text-ink-2">
          {key === 'tags' ? <Tags tags={contact.tags} /> : cellText(contact, key)}
        </Cell>
      ))}
    </Row>
  );
}

const Tags = ({ tags }: { tags: string[] }) =>
  tags.length === 0 ? (
    '–'
  ) : (
    <span className="flex gap-1">
      {tags.slice(0, 2).map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {tags.length > 2 && <span className="text-ink-3 text-xs">+{tags.length - 2}</span>}
    </span>
  );
