// Takes every page of a running Sojourn, wide and narrow, light and dark, into a folder outside of the repository:
//   node scripts/screenshots.mjs http://localhost:8000 owner@example.com 'passphrase' /tmp/pictures [words that a name must have]
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { chromium } from '@playwright/test';

const [base, email, password, folder, ...words] = process.argv.slice(2);
if (!folder) throw new Error('Name the address, the email, the password and the folder.');
const repository = join(import.meta.dirname, '..', '..');
if (!relative(repository, resolve(folder)).startsWith('..'))
  throw new Error('Name a folder outside of the repository.');

const LOOKS = [
  ['wide-light', { viewport: { width: 1440, height: 900 }, colorScheme: 'light' }],
  ['wide-dark', { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' }],
  ['phone-light', { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true, isMobile: true }],
  ['phone-dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, isMobile: true }],
];
const KNOWN = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? KNOWN.find((path) => existsSync(path)),
  args: ['--no-sandbox', '--disable-gpu'],
});
const visitor = await browser.newContext({ baseURL: base });
const entered = await visitor.request.post('/api/auth/sign-in', { data: { email, password } });
if (!entered.ok()) throw new Error(`Signing in: ${entered.status()} ${await entered.text()}`);
const storageState = await visitor.storageState();

/** The first thing of a list that has what we ask for, or the first of all. */
async function first(path, has = () => true) {
  const { items } = await (await visitor.request.get(path)).json();
  return items.find(has) ?? items[0];
}

const journey = await first('/api/journeys', ({ counts }) => counts?.entered);
const passage = journey && (await first(`/api/journeys/${journey.id}/enrollments`));
const segment = await first('/api/segments');
const template = await first('/api/templates');
const form = await first('/api/forms');
const model = await first('/api/scoring/models');
const view = passage && `/contacts/view?id=${passage.contact_id}`;
const look = journey && `/journeys/view?id=${journey.id}`;

const PAGES = {
  journeys: '/journeys',
  'journeys-none': '/journeys?state=paused&tag=none-has-it',
  'journey-new': '/journeys/new',
  'journey-from-file': '/journeys/new?from=file',
  journey: look,
  'journey-people': look && `${look}&tab=people`,
  'journey-settings': look && `${look}&tab=settings`,
  'journey-versions': look && `${look}&tab=versions`,
  builder: journey && `/journeys/edit?id=${journey.id}&counts=on`,
  contacts: '/contacts',
  'contacts-none': '/contacts?q=nobody-is-called-that',
  'contacts-import': '/contacts?import=1',
  contact: view,
  'contact-timeline': view && `${view}&tab=timeline`,
  'contact-messages': view && `${view}&tab=messages`,
  segments: '/segments',
  'segment-new': '/segments?id=new',
  segment: segment && `/segments?id=${segment.id}`,
  'segment-members': segment && `/segments?id=${segment.id}&tab=members`,
  'segment-overlap': segment && `/segments?id=${segment.id}&tab=overlap`,
  'segment-why': segment && `/segments?id=${segment.id}&tab=explain`,
  templates: '/templates',
  'template-new': '/templates?id=new',
  template: template && `/templates?id=${template.id}`,
  forms: '/forms',
  'form-new': '/forms?id=new',
  form: form && `/forms?id=${form.id}`,
  scoring: '/scoring',
  'score-new': '/scoring?new=1',
  score: model && `/scoring?model=${model.slug}`,
  messages: '/messages',
  outbox: '/outbox',
  ...Object.fromEntries(
    [
      'workspace',
      'people',
      'profile',
      'mail',
      'limits',
      'brand',
      'topics',
      'suppressed',
      'keys',
      'activity',
      'given-up',
    ].map((tab) => [`settings-${tab}`, `/settings?tab=${tab}`]),
  ),
  'not-found': '/nowhere',
  'contact-gone': '/contacts/view?id=00000000-0000-7000-8000-000000000000',
};

mkdirSync(folder, { recursive: true });
for (const [suffix, options] of LOOKS) {
  const pictures = Object.entries(PAGES)
    .filter(([, path]) => path)
    .map(([name, path]) => [`${name}-${suffix}`, path])
    .filter(([name]) => words.every((word) => name.includes(word)));
  const context = await browser.newContext({ baseURL: base, storageState, ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${page.url()}: ${error.message}`));
  for (const [name, path] of pictures) {
    await page.goto(path);
    await page.waitForFunction(() => !document.querySelector('[role=status][aria-label=Loading]'));
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  }
  await context.close();
  console.log(`${suffix}: ${pictures.length} pages`);
}
await browser.close();
