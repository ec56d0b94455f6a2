import { Braces, CalendarDays, ClipboardList, PieChart, Repeat, UserRoundPen, Zap } from 'lucide-react';
import { describeRule, describeWhere } from '@/lib/rules/words';
import type { NodeDescriptor } from './descriptor';

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
  schedule_trigger: { title: 'Schedule', group: 'trigger', icon: Repeat, summary: () => 'At set times, for a segment' },
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
