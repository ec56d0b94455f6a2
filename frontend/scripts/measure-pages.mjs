// Audits the main pages of a running Sojourn with Lighthouse, signed in. Fails where a score is too low.
//
// Lighthouse is large and serves nothing else, so it is no dependency: `npm install --no-save lighthouse@12.8.2` first.
// E2E_BASE_URL and E2E_EMAIL, E2E_PASSWORD say where and as whom. `--mobile` takes Lighthouse's slow phone on a slow network.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import lighthouse, { desktopConfig } from 'lighthouse';

const BASE = process.env.E2E_BASE_URL ?? 'http://localhost:8000';
const EMAIL = process.env.E2E_EMAIL ?? 'owner@example.com';
const PASSWORD = process.env.E2E_PASSWORD ?? 'a long enough passphrase';
const CHROMIUM = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
const LEAST = { performance: 90, accessibility: 95 };
const isMobile = process.argv.includes('--mobile');

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The pages to look at; those of one journey and one contact need one to be there. */
async function pagesOf(request) {
  const first = async (path) => (await (await request.get(path)).json()).items[0]?.id;
  const journey = await first('/api/journeys?limit=1');
  const contact = await first('/api/contacts?limit=1');
  return {
    journeys: '/journeys',
    ...(journey && { journey: `/journeys/view?id=${journey}`, builder: `/journeys/edit?id=${journey}` }),
    contacts: '/contacts',
    ...(contact && { contact: `/contacts/view?id=${contact}` }),
    segments: '/segments',
    templates: '/templates',
    outbox: '/outbox',
    settings: '/settings',
  };
}

async function audit(path, port) {
  const flags = {
    port,
    output: 'json',
    logLevel: 'error',
    disableStorageReset: true,
    onlyCategories: Object.keys(LEAST),
  };
  const { lhr } = await lighthouse(`${BASE}${path}`, flags, isMobile ? undefined : desktopConfig);
  if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
  const { audits, categories } = lhr;
  return {
    performance: Math.round(categories.performance.score * 100),
    accessibility: Math.round(categories.accessibility.score * 100),
    paint: audits['largest-contentful-paint'].displayValue,
    blocked: audits['total-blocking-time'].displayValue,
    shift: audits['cumulative-layout-shift'].displayValue,
    faults: categories.accessibility.auditRefs.map(({ id }) => audits[id]).filter(({ score }) => score === 0),
  };
}

const home = mkdtempSync(join(tmpdir(), 'sojourn-pages-'));
const port = await freePort();
const args = ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`];
const context = await chromium.launchPersistentContext(home, { executablePath: CHROMIUM, args, baseURL: BASE });
let failed = false;
try {
  const answer = await context.request.post('/api/auth/sign-in', { data: { email: EMAIL, password: PASSWORD } });
  if (!answer.ok()) throw new Error(`Signing in at ${BASE}: ${answer.status()} ${await answer.text()}`);
  console.log('| page | performance | accessibility | largest paint | blocked | layout shift |');
  console.log('|---|---|---|---|---|---|');
  for (const [name, path] of Object.entries(await pagesOf(context.request))) {
    const { faults, ...found } = await audit(path, port);
    console.log(`| ${[name, ...Object.values(found)].join(' | ')} |`);
    for (const { id, details } of faults) {
      console.error(`${name}: ${id}: ${details?.items?.[0]?.node?.snippet ?? ''}`);
    }
    failed ||= Object.entries(LEAST).some(([category, least]) => found[category] < least);
  }
} finally {
  await context.close();
  rmSync(home, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
