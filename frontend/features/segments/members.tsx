'use client';

import Link from 'next/link';
import { LoadMore } from '@/components/load-more';
import { Loaded } from '@/components/ui/loaded';
import { Cell, Row, Table, TableHead } from '@/components/ui/table';
import { nameOf } from '@/lib/format';
import { useMembers } from './queries';

/** Who is in the saved segment. */
export function Members({ segmentId }: { segmentId: string }) {
  const members = useMembers(segmentId);
  return (
    <section aria-label="Members" className="grid gap-2">
      <Loaded query={members} empty={<p className="text-ink-3">Nobody is in this segment now.</p>}>
        {(rows) => (
          <>
            <Table label="Members">
              <TableHead columns={['Name', 'Email', { name: 'Country', className: 'max-sm:hidden' }]} />
              <tbody>
                {rows.map((contact) => (
                  <Row key={contact.id}>
                    <Cell className="max-w-40 truncate font-medium sm:max-w-80">
                      <Link href={`/contacts/view?id=${contact.id}`} className="fills-row">
                        {nameOf(contact)}
                      </Link>
                    </Cell>
                    <Cell className="w-full max-w-0 truncate text-ink-2">{contact.email}</Cell>
                    <Cell className="text-ink-2 max-sm:hidden">{contact.country}</Cell>
                  </Row>
                ))}
              </tbody>
            </Table>
            <LoadMore pages={members} />
          </>
        )}
      </Loaded>
    </section>
  );
}
