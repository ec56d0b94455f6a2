import { expect, test } from 'vitest';
import { changesOf, fieldsOf, filledWith, valuesOf } from './schema-fields';

const smtp = {
  required: ['host'],
  properties: {
    host: { type: 'string', title: 'Host' },
    port: { type: 'integer', default: 587 },
    security: { $ref: '#/$defs/Security', default: 'starttls' },
    password: { anyOf: [{ type: 'string', format: 'password', writeOnly: true }, { type: 'null' }], default: null },
    verify: { type: 'boolean', default: true },
    per_second: { anyOf: [{ type: 'number' }, { type: 'null' }], default: null },
  },
  $defs: { Security: { enum: ['starttls', 'tls'] } },
};

test('each property becomes the input that fits it', () => {
  expect(fieldsOf(smtp).map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ['host', 'text', true],
    ['port', 'number', false],
    ['security', 'choice', false],
    ['password', 'password', false],
    ['verify', 'boolean', false],
    ['per_second', 'number', false],
  ]);
});

test('a form becomes the values of the schema, without what was left empty', () => {
  const form = { host: 'mail.test', port: '25', security: 'tls', password: '', verify: 'on' };
  expect(valuesOf(fieldsOf(smtp), form)).toEqual({ host: 'mail.test', port: 25, security: 'tls', verify: true });
});

test('a form of what is set begins with it, and takes away what is emptied', () => {
  const fields = filledWith(fieldsOf(smtp), { host: 'mail.test', port: 25, per_second: 0.5 });
  expect(fields.map(({ name, initial }) => [name, initial])).toEqual([
    ['host', 'mail.test'],
    ['port', '25'],
    ['security', undefined],
    ['password', undefined],
    ['verify', undefined],
    ['per_second', '0.5'],
  ]);
  const form = { host: '', port: '26', security: 'tls', password: '', per_second: '' };
  expect(changesOf(fields, form)).toEqual({ host: '', port: 26, security: 'tls', verify: false, per_second: null });
});
