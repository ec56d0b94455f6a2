import { Braces, CalendarDays, ClipboardList, PieChart, Repeat, UserRoundPen, Zap } from 'lucide-react';
import { formatDateTime } from '@/lib/format';
import { describeRule, describeWhere } from '@/lib/rules/words';
import type { NodeDescriptor } from './descriptor';
import { weekdays } from './weekdays';

export const triggers = {
  event_trigger: {
    title: 'Event',
    group: 'trigger',
    icon: Zap,
    summary: ({ event, where }) => `When someone does ${event ?? '…'}${describeWhere(where)}`,
  },
  segment_trigger: {
    title: 'Segment',
    group: 'trigger',
    icon: PieChart,
    summary: ({ on, rule, existing }) => {
      const which = rule ? `“${describeRule(rule)}”` : 'the segment';
      return `When someone ${on === 'left' ? 'leaves' : 'enters'} ${which}${existing ? ', and everyone in it now' : ''}`;
    },
  },
  api_trigger: { title: 'API call', group: 'trigger', icon: Braces, summary: () => 'When your server enrolls someone' },
  schedule_trigger: {
    title: 'Schedule',
    group: 'trigger',
    icon: Repeat,
    initial: { every: 'week', weekday: ['monday'], time: '09:00' },
    summary: ({ at, every, time = '09:00', weekday, day }) => {
      if (at) return `Once, on ${formatDateTime(String(at))}`;
      if (every === 'week') return `Every ${weekdays(weekday)} at ${time}`;
      if (every === 'month') return `On day ${day ?? 1} of each month at ${time}`;
      return every === 'day' ? `Every day at ${time}` : 'At set times';
    },
  },
  date_trigger: {
    title: 'Date',
    group: 'trigger',
    icon: CalendarDays,
    summary: ({ attribute }) => `On a contact's ${attribute ?? 'date'}`,
  },
  attribute_trigger: {
    title: 'Attribute change',
    group: 'trigger',
    icon: UserRoundPen,
    summary: ({ attribute }) => `When ${attribute ?? 'an attribute'} changes`,
  },
  form_trigger: { title: 'Form', group: 'trigger', icon: ClipboardList, summary: () => 'When someone sends a form' },
} satisfies Record<string, NodeDescriptor>;
