import { AlarmClock, CalendarClock, Ear, Hourglass, MailSearch } from 'lucide-react';
import { describeDuration } from '@/lib/duration';
import { formatDateTime } from '@/lib/format';
import { describeRule, describeWhere } from '@/lib/rules/words';
import type { NodeDescriptor } from './descriptor';
import { weekdays } from './weekdays';

const whose = (zone: unknown) => (zone === 'contact' || !zone ? 'their time' : String(zone));

export const timing = {
  wait: { title: 'Wait', group: 'timing', icon: Hourglass, summary: (config) => `Wait ${describeDuration(config)}` },
  wait_until: {
    title: 'Wait until',
    group: 'timing',
    icon: CalendarClock,
    summary: ({ at, weekday, time, attribute, time_zone }) => {
      if (at) return `Wait until ${formatDateTime(String(at))}`;
      if (attribute) return `Wait until their ${attribute}${time ? ` at ${time}` : ''}`;
      const day = weekday === undefined || weekday === null ? '' : `${weekdays(weekday)} `;
      return `Wait until ${day}${time ?? ''}, ${whose(time_zone)}`;
    },
    outlet: (outlet) => (outlet === 'past' ? 'Date has passed' : undefined),
  },
  time_window: {
    title: 'Time window',
    group: 'timing',
    icon: AlarmClock,
    summary: ({ time_zone }) => `Go on only within the window, ${whose(time_zone)}`,
  },
  wait_for_event: {
    title: 'Wait for event',
    group: 'timing',
    icon: Ear,
    summary: ({ event, where, timeout }) =>
      `Wait for ${event ?? '…'}${describeWhere(where)}, at most ${describeDuration(timeout)}`,
    outlet: (outlet, { timeout }) => (outlet === 'happened' ? 'Happened' : `Not within ${describeDuration(timeout)}`),
  },
  wait_for_condition: {
    title: 'Wait for condition',
    group: 'timing',
    icon: MailSearch,
    summary: ({ rule, timeout }) => `Wait until ${describeRule(rule)}, at most ${describeDuration(timeout)}`,
    outlet: (outlet, { timeout }) => (outlet === 'met' ? 'Met' : `Not within ${describeDuration(timeout)}`),
  },
} satisfies Record<string, NodeDescriptor>;
