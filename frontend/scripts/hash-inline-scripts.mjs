// Writes csp.json: the hashes of each exported page's inline scripts, so that the server can forbid all other inline code.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const OUT = 'out';
const INLINE_SCRIPT = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]+?)<\/script>/g;

/** The Content-Security-Policy source of one inline script. */
const source = (script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/** All distinct sources of a page, in a stable order. */
const sourcesOf = (html) => [...new Set([...html.matchAll(INLINE_SCRIPT)].map((match) => source(match[1])))].sort();

const pages = readdirSync(OUT, { recursive: true })
  .filter((path) => path.endsWith('.html'))
  .sort();
const policy = Object.fromEntries(pages.map((page) => [page, sourcesOf(readFileSync(`${OUT}/${page}`, 'utf8'))]));
writeFileSync('csp.json', `${JSON.stringify(policy, null, 2)}\n`);
console.log(`csp.json: ${pages.length} pages`);
