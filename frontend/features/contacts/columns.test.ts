import { expect, test } from 'vitest';
import type { Contact } from '@/lib/api/types';
import { cellText, columnOf } from './columns';

const contact = {
  id: '1',
  email: null,
  city: 'Bern',
  country: 'CH',
  tags: ['vip', 'new'],
  attributes: { plan: 'pro', seats: 3 },
  created_at: new Date().toISOString(),
} as unknown as Contact;

test('a cell shows a field, an attribute, or a dash', () => {
  expect(cellText(contact, 'place')).toBe('Bern, CH');
  expect(cellText(contact, 'attributes.plan')).toBe('pro');
  expect(cellText(contact, 'attributes.gone')).toBe('–');
  expect(cellText(contact, 'email')).toBe('–');
  expect(cellText(contact, 'created_at')).toBe('just now');
});

test('a saved view may name a column that nobody has heard of', () => {
  expect(columnOf('attributes.plan').label).toBe('plan');
  expect(columnOf('email').label).toBe('Email');
});
