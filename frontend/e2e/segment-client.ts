import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { call } from './test';

const PYTHON = process.env.PYTHON ?? join(__dirname, '..', '..', '.venv', 'bin', 'python');
const SCRIPT = `
import sys
from segment.analytics.client import Client

host, key, user, email, event = sys.argv[1:]
client = Client(key, host=host, on_error=lambda error, items: sys.exit(str(error)))
client.identify(user, {"email": email, "first_name": "Grace"})
client.track(user, event, {})
client.flush()
client.join()
`;

/** Sends who somebody is and what they did, with the stock client of Segment, under a key of its own. */
export async function track(page: Page, user: string, event: string): Promise<void> {
  const { key } = await call<{ key: string }>(page, 'POST', '/api/keys', { name: `Key of ${user}`, kind: 'write' });
  const host = new URL(page.url()).origin;
  await promisify(execFile)(PYTHON, ['-c', SCRIPT, host, key, user, `${user}@example.com`, event]);
}
