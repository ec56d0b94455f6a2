// Measures the canvas of a running Sojourn: frames while a step is dragged, and how soon the page answers.
//
// E2E_BASE_URL and E2E_EMAIL, E2E_PASSWORD say where and as whom; the drafts that it makes are archived again.
import { existsSync } from 'node:fs';
import { chromium, devices } from '@playwright/test';

const BASE = process.env.E2E_BASE_URL ?? 'http://localhost:8000';
const EMAIL = process.env.E2E_EMAIL ?? 'owner@example.com';
const PASSWORD = process.env.E2E_PASSWORD ?? 'a long enough passphrase';
const CHROMIUM = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
const FAN = 6;
const IN_THE_MIDDLE = ['start', 'fork', 's2', 's3', 'fork', 's2', 's3'];
/** A person in a hurry: ten keys a second, two or three deeds. */
const [KEY_MS, PAUSE_MS] = [100, 400];
const SCREENS = {
  '1440 px': { viewport: { width: 1440, height: 900 } },
  '390 px': { ...devices['Pixel 7'], viewport: { width: 390, height: 844 } },
};

/** Paths of tags side by side below one trigger. */
function graphOf(size) {
  const node = (id, type, x, y, data) => ({ id, type, position: { x, y }, data });
  const nodes = [node('start', 'event_trigger', 0, 0, { event: 'Signed Up' })];
  const edges = [];
  const join = (source, target, sourceHandle = 'next') =>
    edges.push({ id: `${source}:${sourceHandle}:${target}`, source, sourceHandle, target });
  const paths = Array.from({ length: FAN - 1 }, (_, n) => ({
    id: `p${n}`,
    label: `Path ${n}`,
    rule: { attribute: 'country', op: 'eq', value: `C${n}` },
  }));
  nodes.push(node('fork', 'branch', 0, 160, { paths }));
  join('start', 'fork');
  const outlets = [...paths.map(({ id }) => id), 'else'];
  for (let n = 0; nodes.length < size; n++) {
    const [column, row] = [n % FAN, Math.floor(n / FAN)];
    nodes.push(node(`s${n}`, 'tag', (column - FAN / 2) * 290, 360 + row * 150, { add: [`tag ${n}`] }));
    if (row === 0) join('fork', `s${n}`, outlets[column]);
    else join(`s${n - FAN}`, `s${n}`);
  }
  return { nodes, edges };
}

async function signIn(browser) {
  const context = await browser.newContext({ baseURL: BASE });
  const answer = await context.request.post('/api/auth/sign-in', { data: { email: EMAIL, password: PASSWORD } });
  if (!answer.ok()) throw new Error(`Signing in at ${BASE}: ${answer.status()} ${await answer.text()}`);
  return context;
}

/** Draws a journey, and returns its id with a way to put it away. */
async function draw(context, size) {
  const { csrf_token } = await (await context.request.get('/api/auth/me')).json();
  const headers = { 'X-CSRF-Token': csrf_token };
  const data = { name: `Canvas of ${size} steps`, graph: graphOf(size), settings: {} };
  const made = await context.request.post('/api/journeys', { data, headers });
  if (!made.ok()) throw new Error(await made.text());
  const { id } = await made.json();
  return { id, remove: () => context.request.delete(`/api/journeys/${id}`, { headers }) };
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Drags a step about for two seconds, as fast as the page keeps up, and counts its frames. */
async function framesOfDrag(page) {
  const box = await page.locator('.react-flow__node[data-id="fork"]').boundingBox();
  const [x, y] = [box.x + 30, box.y + 14];
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => {
      window.frames_.push(now - last);
      last = now;
      window.frame_ = requestAnimationFrame(tick);
    };
    window.frame_ = requestAnimationFrame(tick);
  });
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 9, y + 9);
  const until = Date.now() + 2_000;
  for (let n = 0; Date.now() < until; n++) {
    await page.mouse.move(x + 60 * Math.sin(n / 12), y + 40 + 30 * Math.cos(n / 12));
  }
  await page.mouse.up();
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(window.frame_);
    return window.frames_.slice(2);
  });
  const sorted = [...frames].sort((a, b) => a - b);
  return { fps: 1000 / (frames.reduce((sum, each) => sum + each, 0) / frames.length), slow: at(sorted, 0.95) };
}

/** The longest time from a click or key to the next paint, over selecting steps, typing, zooming, undoing. */
async function interactions(page, isPhone) {
  await page.evaluate(() => {
    window.events_ = new Map();
    new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries()) {
        if (interactionId)
          window.events_.set(interactionId, Math.max(window.events_.get(interactionId) ?? 0, duration));
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false });
  });
  let acts = 0;
  for (const id of IN_THE_MIDDLE) {
    const step = page.locator(`.react-flow__node[data-id="${id}"]`);
    await (isPhone ? step.tap() : step.press('Enter'));
    await page.waitForTimeout(PAUSE_MS);
    await page.getByLabel('Name', { exact: true }).first().pressSequentially('Hi', { delay: KEY_MS });
    await page.waitForTimeout(PAUSE_MS);
    acts += 3;
    if (!isPhone) continue;
    await page.getByRole('button', { name: 'Close' }).tap();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForTimeout(PAUSE_MS);
  }
  if (!isPhone) {
    for (const name of ['Tidy up', 'Show all', /^Undo/, /^Undo/, /^Redo/]) {
      await page.getByRole('button', { name }).first().click();
      await page.waitForTimeout(PAUSE_MS);
      acts += 1;
    }
  }
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const longest = await page.evaluate(() => [...window.events_.values()].sort((a, b) => a - b));
  // What took less than a frame is not reported.
  const all = [...Array(Math.max(0, acts - longest.length)).fill(16), ...longest];
  return { median: at(all, 0.5), worst: at(all, 0.98), acts };
}

async function openCanvas(context, id, screen) {
  const page = await context.newPage();
  if (screen.viewport) await page.setViewportSize(screen.viewport);
  await page.goto(`/journeys/edit?id=${id}`);
  await page.locator('.react-flow__node[data-id="fork"]').waitFor();
  await page.getByTestId('save-state').getByText('Saved').waitFor();
  return page;
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
const signedIn = await signIn(browser);
const storageState = await signedIn.storageState();
const rows = [];
for (const [name, screen] of Object.entries(SCREENS)) {
  const context = await browser.newContext({ baseURL: BASE, ...screen, storageState });
  const many = await draw(signedIn, 300);
  const some = await draw(signedIn, 200);
  try {
    const large = await openCanvas(context, many.id, screen);
    const { fps, slow } = await framesOfDrag(large);
    await large.close();
    const page = await openCanvas(context, some.id, screen);
    const { median, worst, acts } = await interactions(page, !!screen.hasTouch);
    rows.push(`| ${name} | ${fps.toFixed(0)} | ${slow.toFixed(0)} ms | ${median} ms | ${worst} ms of ${acts} |`);
  } finally {
    await Promise.all([many.remove(), some.remove()]);
    await context.close();
  }
}
await browser.close();
console.log(
  '| screen | frames a second, dragging among 300 | 95th percentile frame | interaction to next paint, 200 steps | 98th percentile |',
);
console.log('|---|---|---|---|---|');
console.log(rows.join('\n'));
