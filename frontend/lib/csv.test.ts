import { expect, test } from 'vitest';
import { guessField, headerOf } from './csv';

test.each([
  ['email,first_name\na@x,Ada', ['email', 'first_name']],
  ['\uFEFFE-Mail;Vorname;Ort', ['E-Mail', 'Vorname', 'Ort']],
  ['"name, full"\temail', ['name, full', 'email']],
  ['', []],
])('%j has its columns read', (text, columns) => {
  expect(headerOf(text)).toEqual(columns);
});

test('usual names find their field, others become attributes', () => {
  expect(['E-Mail', 'First Name', 'userId', 'Favourite colour'].map(guessField)).toEqual([
    'email',
    'first_name',
    'external_id',
    'favourite_colour',
  ]);
});
