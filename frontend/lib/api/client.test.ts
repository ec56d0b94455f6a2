import { afterEach, expect, test, vi } from 'vitest';
import { api, pathWith, setCsrfToken } from './client';
import { Problem } from './problem';

function answer(status: number, body: unknown, type = 'application/json') {
  const response = () => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
  return vi.spyOn(globalThis, 'fetch').mockImplementation(async () => response());
}

afterEach(() => {
  vi.restoreAllMocks();
  setCsrfToken(null);
});

test('empty filters are left out of the address', () => {
  expect(pathWith('/api/contacts', { q: '', cursor: undefined, limit: 50 })).toBe('/api/contacts?limit=50');
  expect(pathWith('/api/contacts', {})).toBe('/api/contacts');
});

test('a change carries the token and a key against repeats, a read carries neither', async () => {
  const fetched = answer(200, {});
  setCsrfToken('secret');
  await api.post('/api/journeys', { name: 'x' });
  await api.get('/api/journeys');
  const [written, read] = fetched.mock.calls.map(([, init]) => init?.headers as Headers);
  expect(written?.get('X-CSRF-Token')).toBe('secret');
  expect(written?.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
  expect([...(read?.keys() ?? [])]).toEqual([]);
});

test('a refusal is thrown with its title, its detail and the fields at fault', async () => {
  answer(
    422,
    {
      title: 'Not valid',
      status: 422,
      detail: 'Look again.',
      errors: [{ pointer: '/email', message: 'Not an address.' }],
    },
    'application/problem+json',
  );
  const problem = await api.post('/api/contacts', {}).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 422, title: 'Not valid', message: 'Look again.' });
  expect((problem as Problem).faultOf('email')).toBe('Not an address.');
});

test('a server that is away is a problem with advice', async () => {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
  await expect(api.get('/api/config')).rejects.toMatchObject({ status: 0, title: 'The server cannot be reached' });
});

test('an answer without a body is no answer at all', async () => {
  vi.spyOn(globalThis, 'fetch').mockResolvedValue(
    new Response(null, { status: 204, headers: { 'Content-Type': 'application/json' } }),
  );
  await expect(api.delete('/api/keys/1')).resolves.toBeUndefined();
});
