// Completes package-lock.json so that one lock installs on every platform, whichever mirror it was made against.
//
// A mirror that lacks another platform's binaries makes npm leave them out of the lock in silence; `npm ci` then refuses the
// lock, and a developer on that platform would be without a compiler. Run after every `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const SYSTEMS = { macos: 'darwin', windows: 'win32', linuxmusl: 'linux' };
const KNOWN_SYSTEMS = [
  'darwin',
  'linux',
  'win32',
  'android',
  'freebsd',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'aix',
];
const KNOWN_CPUS = ['arm64', 'x64', 'ia32', 'arm', 'riscv64', 'ppc64', 's390x', 'loong64', 'mips64el', 'wasm32'];

/** The platform that a package such as `@next/swc-darwin-arm64` is built for. */
function platformOf(name) {
  const words = name.split('/').pop().split(/[-_.]/);
  const os = words.map((word) => SYSTEMS[word] ?? word).find((word) => KNOWN_SYSTEMS.includes(word));
  const cpu = KNOWN_CPUS.find((known) => words.includes(known));
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }) };
}

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const packages = lock.packages;
let added = 0;
for (const [path, entry] of Object.entries(packages)) {
  delete entry.resolved;
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const present = packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`];
    const version = range.replace(/^[~^=]/, '');
    if (present || !/^\d+\.\d+\.\d+/.test(version)) continue;
    packages[`node_modules/${name}`] = { version, optional: true, ...platformOf(name) };
    added += 1;
  }
}
const sorted = Object.keys(packages).sort();
lock.packages = Object.fromEntries(sorted.map((path) => [path, packages[path]]));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} platform packages added`);
