import { expect, test } from 'vitest';
import { fieldsOf, valuesOf } from './schema-fields';

const smtp = {
  required: ['host'],
  properties: {
    host: { type: 'string', title: 'Host' },
    port: { type: 'integer', default: 587 },
    security: { $ref: '#/$defs/Security', default: 'starttls' },
    password: { anyOf: [{ type: 'string', format: 'password', writeOnly: true }, { type: 'null' }], default: null },
    verify: { type: 'boolean', default: true },
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
  ]);
});

test('a form becomes the values of the schema, without what was left empty', () => {
  const form = { host: 'mail.test', port: '25', security: 'tls', password: '', verify: 'on' };
  expect(valuesOf(fieldsOf(smtp), form)).toEqual({ host: 'mail.test', port: 25, security: 'tls', verify: true });
});
