import { expect, test } from 'vitest';
import { complete, insertTag, matching, openTag } from './completion';

test('a tag is open from its braces until it is closed', () => {
  expect(openTag('Hi {{ contact.fi', 16)).toEqual({ start: 6, query: 'contact.fi' });
  expect(openTag('Hi {{', 5)).toEqual({ start: 5, query: '' });
  expect(openTag('Hi {{ contact.first_name }}!', 28)).toBeNull();
  expect(openTag('Hi {{ a | default: ', 19)).toBeNull();
});

test('a name is put in and closed, once', () => {
  const typed = (text: string, caret: number) => {
    const tag = openTag(text, caret);
    return tag && complete(text, caret, tag, 'contact.first_name');
  };
  expect(typed('Hi {{ con, bye', 9)?.text).toBe('Hi {{ contact.first_name }}, bye');
  expect(typed('Hi {{', 5)).toEqual({ text: 'Hi {{ contact.first_name }}', caret: 27 });
  expect(typed('Hi {{ con }}', 9)?.text).toBe('Hi {{ contact.first_name }}');
  expect(typed('{{ con | default: "x" }}', 6)?.text).toBe('{{ contact.first_name | default: "x" }}');
  expect(insertTag('Hi !', 3, 'event.total')).toEqual({ text: 'Hi {{ event.total }}!', caret: 20 });
});

test('names that begin with what is typed come first', () => {
  expect(matching(['contact.name', 'event.name', 'name'], 'name')).toEqual(['name', 'contact.name', 'event.name']);
});
