import { expect, test } from 'vitest';
import { guessField, rowsOf } from './csv';

test.each([
  [
    'email,first_name\na@x,Ada',
    [
      ['email', 'first_name'],
      ['a@x', 'Ada'],
    ],
  ],
  ['\uFEFFE-Mail;Vorname;Ort', [['E-Mail', 'Vorname', 'Ort']]],
  ['"name, full"\temail', [['name, full', 'email']]],
  [
    'a,b\r\n"two\nlines","say ""hi"""\r\n',
    [
      ['a', 'b'],
      ['two\nlines', 'say "hi"'],
    ],
  ],
  ['', []],
])('%j is read as rows', (text, rows) => {
  expect(rowsOf(text, 9)).toEqual(rows);
});

test('only as many rows are read as are asked for', () => {
  expect(rowsOf('a\n1\n2\n3', 2)).toEqual([['a'], ['1']]);
});

test('usual names find their field, others become attributes', () => {
  expect(['E-Mail', 'First Name', 'userId', 'Favourite colour'].map(guessField)).toEqual([
    'email',
    'first_name',
    'external_id',
    'favourite_colour',
  ]);
});
