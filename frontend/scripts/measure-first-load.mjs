/** What a page's HTML asks the browser for at once, as it travels: gzip. Fails when a page is over its budget. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const OUT = join(import.meta.dirname, '..', 'out');
const KIB = 1024;
/** The most JavaScript a page may load before it can be used, in KiB. */
const BUDGETS = {
  journeys: 250,
  'journeys/view': 250,
  'journeys/new': 250,
  contacts: 250,
  'contacts/view': 250,
  segments: 250,
  templates: 250,
  forms: 250,
  scoring: 250,
  messages: 250,
  outbox: 250,
  settings: 250,
  'sign-in': 250,
};

const sizes = new Map();
function sizeOf(path) {
  if (!sizes.has(path)) sizes.set(path, gzipSync(readFileSync(join(OUT, path)), { level: 6 }).length);
  return sizes.get(path);
}

/** Scripts for browsers without modules are fetched by none of ours. */
function scriptsOf(html) {
  const old = new Set([...html.matchAll(/<script[^>]*src="([^"]+)"[^>]*noModule/gi)].map(([, path]) => path));
  const all = [...html.matchAll(/(?:src|href)="(\/_next\/[^"?]+\.js)/g)].map(([, path]) => path);
  return [...new Set(all)].filter((path) => !old.has(path));
}

let failed = 0;
for (const [page, budget] of Object.entries(BUDGETS)) {
  const file = join(OUT, `${page}.html`);
  if (!existsSync(file)) {
    console.error(`${page}: not in out/, build first`);
    failed++;
    continue;
  }
  const size = scriptsOf(readFileSync(file, 'utf8')).reduce((sum, path) => sum + sizeOf(path), 0) / KIB;
  const isOver = size > budget;
  failed += Number(isOver);
  console.log(`${page.padEnd(16)} ${size.toFixed(1).padStart(6)} KiB of ${budget}${isOver ? '  OVER' : ''}`);
}
process.exit(failed ? 1 : 0);
