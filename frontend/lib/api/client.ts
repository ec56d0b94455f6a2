import { randomId } from '@/lib/id';
import { Problem, problemFrom } from './problem';

/** Where the API is: this origin, unless the app is hosted apart from it. */
export const API_URL = process.env.NEXT_PUBLIC_API_URL ?? '';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
type Query = Record<string, string | number | boolean | undefined | null>;

export interface Call {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Goes out even while the page is being left. */
  keepalive?: boolean;
}

let csrfToken: string | null = null;

/** Remembers the token that every change must carry beside the session cookie. */
export function setCsrfToken(token: string | null): void {
  csrfToken = token;
}

export function pathWith(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
  return given.length ? `${path}?${search}` : path;
}

function headersFor(method: Method, { body, headers }: Call): Headers {
  const sent = new Headers(headers);
  if (body !== undefined && !(body instanceof FormData)) sent.set('Content-Type', 'application/json');
  if (method !== 'GET' && csrfToken) sent.set('X-CSRF-Token', csrfToken);
  if (method === 'POST' && !sent.has('Idempotency-Key')) sent.set('Idempotency-Key', randomId());
  return sent;
}

/** Sends one request and reads its answer; anything but success is thrown as a Problem. */
async function send<T>(method: Method, path: string, call: Call = {}): Promise<T> {
  const { query, body, signal, keepalive } = call;
  const response = await fetch(API_URL + pathWith(path, query), {
    method,
    headers: headersFor(method, call),
    body: body === undefined ? undefined : body instanceof FormData ? body : JSON.stringify(body),
    credentials: API_URL ? 'include' : 'same-origin',
    signal,
    keepalive,
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'The server cannot be reached', 'Check that Sojourn is running, then try again.');
  });
  if (!response.ok) throw await problemFrom(response);
  if (response.status === 204) return undefined as T;
  const isJson = response.headers.get('Content-Type')?.includes('json');
  return (isJson ? response.json() : response.text()) as Promise<T>;
}

export const api = {
  get: <T>(path: string, call?: Call) => send<T>('GET', path, call),
  post: <T>(path: string, body?: unknown, call?: Call) => send<T>('POST', path, { ...call, body }),
  patch: <T>(path: string, body?: unknown, call?: Call) => send<T>('PATCH', path, { ...call, body }),
  put: <T>(path: string, body?: unknown, call?: Call) => send<T>('PUT', path, { ...call, body }),
  delete: <T>(path: string, call?: Call) => send<T>('DELETE', path, call),
};
