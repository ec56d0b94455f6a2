import { Bell, BellRing, ChartNoAxesColumn, Mail, Tag, UserRoundPen, Webhook } from 'lucide-react';
import { formatValue } from '@/lib/format';
import type { NodeDescriptor } from './descriptor';

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const hostOf = (url: unknown): string => {
  const text = String(url ?? '…');
  return URL.canParse(text) ? new URL(text).host : text;
};

/** The ordinary way on needs no word; the others do. */
const unlessOrdinary = (ordinary: string, words: Record<string, string>) => (outlet: string) =>
  outlet === ordinary ? undefined : (words[outlet] ?? outlet);

export const effects = {
  send_email: {
    title: 'Send email',
    group: 'message',
    icon: Mail,
    summary: ({ inline, category }) => {
      const subject =
        typeof inline === 'object' && inline !== null && 'subject' in inline ? `“${inline.subject}”` : 'A template';
      return category === 'transactional' ? `${subject}, transactional` : subject;
    },
    outlet: unlessOrdinary('sent', { skipped: 'Skipped', failed: 'Failed' }),
  },
  update_contact: {
    title: 'Update contact',
    group: 'contact',
    icon: UserRoundPen,
    summary: ({ set }) =>
      Object.entries((set ?? {}) as Record<string, unknown>)
        .map(([name, value]) => `${name} = ${formatValue(value)}`)
        .join(', ') || 'Changes nothing yet',
  },
  tag: {
    title: 'Tag',
    group: 'contact',
    icon: Tag,
    summary: ({ add, remove }) =>
      [...listOf(add).map((tag) => `+ ${tag}`), ...listOf(remove).map((tag) => `− ${tag}`)].join(', ') || 'No tags yet',
  },
  score: {
    title: 'Score',
    group: 'contact',
    icon: ChartNoAxesColumn,
    summary: ({ model = '…', action = 'add', points = 0 }) =>
      action === 'recompute'
        ? `Work out ${model} again`
        : `${action === 'set' ? 'Set' : 'Add'} ${points} ${action === 'set' ? 'as' : 'to'} ${model}`,
  },
  subscribe: {
    title: 'Subscribe',
    group: 'contact',
    icon: BellRing,
    summary: ({ topic, on }) => `${on === false ? 'Off' : 'On'}: ${topic ?? 'marketing'}`,
  },
  webhook: {
    title: 'Webhook',
    group: 'outside',
    icon: Webhook,
    summary: ({ method, url }) => `${method ?? 'POST'} ${hostOf(url)}`,
    outlet: unlessOrdinary('done', { failed: 'Failed' }),
  },
  notify: { title: 'Notify', group: 'outside', icon: Bell, summary: () => 'Tell a colleague' },
} satisfies Record<string, NodeDescriptor>;
