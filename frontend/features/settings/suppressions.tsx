'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Ban, Plus, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { LoadMore } from '@/components/load-more';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { SearchInput, Select, Textarea } from '@/components/ui/input';
import { Loaded } from '@/components/ui/loaded';
import { Options } from '@/components/ui/options';
import { Ago } from '@/components/ui/time';
import { api } from '@/lib/api/client';
import { usePages } from '@/lib/api/pages';
import type { Suppression } from '@/lib/api/types';
import { humanize } from '@/lib/format';
import { withUndo } from '@/lib/undo';
import { useDebounced } from '@/lib/use-debounced';
import { useForm } from '@/lib/use-form';
import { useSuppress } from './queries';

const LIST = '/api/suppressions';
const SCOPES = { all: 'No mail at all', marketing: 'No marketing' };

/** Addresses that get nothing, or no marketing, and why. */
export function Suppressions() {
  const [text, setText] = useState('');
  const q = useDebounced(text.trim());
  const rows = usePages<Suppression>(LIST, { q });
  const [adding, setAdding] = useState(false);
  const add = (
    <Button onClick={() => setAdding(true)}>
      <Plus /> Suppress
    </Button>
  );
  return (
    <Card
      flush
      title="Suppressed addresses"
      description="By hard bounces and complaints, by people’s own wish, and by yours."
      actions={add}
    >
      <div className="border-b p-3">
        <SearchInput
          aria-label="Find an address"
          placeholder="Part of an address"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <Loaded
        query={rows}
        empty={
          <EmptyState icon={Ban} title={q ? 'No such address' : 'Nobody is suppressed'}>
            {q
              ? 'No suppressed address has this in it.'
              : 'Addresses that must get no mail are kept here, with the reason.'}
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((row) => (
              <Line key={row.address} row={row} />
            ))}
          </ul>
        )}
      </Loaded>
      <LoadMore pages={rows} />
      {adding && <Add onClose={() => setAdding(false)} />}
    </Card>
  );
}

function Line({ row: { address, scope, reason, created_at } }: { row: Suppression }) {
  const cache = useQueryClient();
  const [isGone, setGone] = useState(false);
  const refresh = () => cache.invalidateQueries({ queryKey: [LIST] });
  const allow = () => {
    setGone(true);
    withUndo({
      title: `${address} may get mail again`,
      undo: () => setGone(false),
      run: () => api.delete(`${LIST}/${encodeURIComponent(address)}`, { keepalive: true }).finally(refresh),
    });
  };
  if (isGone) return null;
  return (
    <li className="rule-b flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
      <span className="min-w-0 truncate font-medium">{address}</span>
      <span className="text-ink-3 text-xs">
        {SCOPES[scope]} · {humanize(reason)}
      </span>
      <span className="ml-auto flex items-center gap-2 text-ink-3 text-xs">
        <Ago at={created_at} />
        {reason !== 'erased' && (
          <Button size="sm" look="quiet" aria-label={`Allow mail to ${address}`} onClick={allow}>
            <Undo2 /> Allow
          </Button>
        )}
      </span>
    </li>
  );
}

function Add({ onClose }: { onClose(): void }) {
  const suppress = useSuppress();
  const form = useForm(async ({ addresses = '', scope = 'all' }) => {
    const list = addresses.split(/[\s,;]+/).filter(Boolean);
    await suppress.mutateAsync({ addresses: list, scope: scope as Suppression['scope'] });
    onClose();
  });
  return (
    <FormDialog form={form} title="Suppress addresses" action="Suppress" onClose={onClose}>
      <Field label="Addresses" hint="One to a line, or with commas between." error={form.faultOf('0')}>
        {(wiring) => <Textarea {...wiring} name="addresses" required className="min-h-32" />}
      </Field>
      <Field label="They get">
        {(wiring) => (
          <Select {...wiring} name="scope">
            <Options of={SCOPES} />
          </Select>
        )}
      </Field>
    </FormDialog>
  );
}
