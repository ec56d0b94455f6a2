import { expect, test } from 'vitest';
import { outletLabel, summaryOf, titleOf } from '.';

const node = (type: string, data: Record<string, unknown>) => ({ id: type, type, data });
const branch = node('branch', {
  paths: [{ id: 'dach', label: 'DACH', rule: { attribute: 'country', op: 'eq', value: 'DE' } }],
});

test.each([
  [node('wait', { days: 2, hours: 1 }), 'Wait 2 days 1 hour'],
  [node('wait_until', { time: '09:00', time_zone: 'contact' }), 'Wait until 09:00, their time'],
  [
    node('wait_for_event', { event: 'Email Opened', timeout: { hours: 72 } }),
    'Wait for Email Opened, at most 72 hours',
  ],
  [node('send_email', { inline: { subject: 'Hello' }, category: 'transactional' }), '“Hello”, transactional'],
  [node('tag', { add: ['a'], remove: ['b'] }), '+ a, − b'],
  [
    node('split', {
      variants: [
        { id: 'a', weight: 50 },
        { id: 'b', label: 'Coast', weight: 50 },
      ],
    }),
    '50 % a, 50 % Coast',
  ],
  [node('webhook', { method: 'PUT', url: 'https://crm.example.com/x' }), 'PUT crm.example.com'],
  [node('my_activity', {}), 'A custom step'],
])('a node says what it does: %#', (subject, words) => {
  expect(summaryOf(subject)).toBe(words);
});

test('a label given by people is the title, else the kind is', () => {
  expect(titleOf(node('wait', { label: 'Breathe', days: 1 }))).toBe('Breathe');
  expect(titleOf(node('my_activity', {}))).toBe('My activity');
});

test('the ordinary way on has no label, the others are named', () => {
  expect(outletLabel(node('wait', {}), 'next')).toBeUndefined();
  expect(outletLabel(node('send_email', {}), 'sent')).toBeUndefined();
  expect(outletLabel(node('send_email', {}), 'skipped')).toBe('Skipped');
  expect(outletLabel(branch, 'dach')).toBe('DACH');
  expect(outletLabel(branch, 'else')).toBe('Everyone else');
});
