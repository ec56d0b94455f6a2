'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import Link from 'next/link';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Cell, Row, TableHead } from '@/components/ui/table';
import { Ago } from '@/components/ui/time';
import type { Contact } from '@/lib/api/types';
import { nameOf } from '@/lib/format';
import { PHONE, useMedia } from '@/lib/use-media';

const ROW_PX = 48;
const FETCH_BEFORE_ROWS = 20;
const COLUMNS = ['Name', 'Email', 'Place', 'Tags', 'Changed'];

interface Props {
  contacts: Contact[];
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}

/** A table of any length: only the rows in sight exist, and the next page is fetched before the end is reached. */
export function ContactTable({ contacts, pages }: Props) {
  const isPhone = useMedia(PHONE);
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

  return (
    <div ref={frame} className="rounded-lg border bg-surface">
      <table aria-label="Contacts" className="w-full table-fixed border-collapse text-sm">
        <TableHead columns={isPhone ? COLUMNS.slice(0, 2) : COLUMNS} />
        <tbody>
          <Gap rows={first} />
          {contacts.slice(first, end).map((contact) => (
            <ContactRow key={contact.id} contact={contact} isPhone={isPhone} />
          ))}
          <Gap rows={contacts.length - end} />
        </tbody>
      </table>
    </div>
  );
}

/** The height of the rows that are not in sight. */
const Gap = ({ rows }: { rows: number }) => rows > 0 && <tr aria-hidden style={{ height: rows * ROW_PX }} />;

function ContactRow({ contact, isPhone }: { contact: Contact; isPhone: boolean }) {
  const place = [contact.city, contact.country].filter(Boolean).join(', ');
  return (
    <Row>
      <Cell className="truncate font-medium">
        <Link href={`/contacts/view?id=${contact.id}`} className="after:absolute after:inset-0">
          {nameOf(contact)}
        </Link>
      </Cell>
      <Cell className="truncate text-ink-2">{contact.email ?? '–'}</Cell>
      {!isPhone && (
        <>
          <Cell className="truncate text-ink-2">{place || '–'}</Cell>
          <Cell className="truncate">
            <span className="flex gap-1">
              {contact.tags.slice(0, 2).map((tag) => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </span>
          </Cell>
          <Cell className="text-ink-2">
            <Ago at={contact.updated_at} />
          </Cell>
        </>
      )}
    </Row>
  );
}
