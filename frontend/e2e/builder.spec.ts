import type { Locator, Page } from '@playwright/test';
import { call, expect, expectAccessible, test } from './test';

interface Point {
  x: number;
  y: number;
}

async function centre(target: Locator): Promise<Point> {
  const box = await target.boundingBox();
  if (!box) throw new Error('It is not in sight');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** One pull with the mouse; a jump would not be noticed. */
async function drag(page: Page, from: Point, to: Point): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 9, from.y + 9);
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
}

const steps = (page: Page) => page.locator('.react-flow__node');
const edges = (page: Page) => page.locator('.react-flow__edge');
const step = (page: Page, kind: string) => page.locator(`[data-kind="${kind}"]`);
const port = (node: Locator, outlet: string) => node.locator(`.react-flow__handle.source[data-handleid="${outlet}"]`);
const entry = (node: Locator) => node.locator('.react-flow__handle.target');

/** Pulls a step out of the list onto the canvas. */
async function pull(page: Page, kind: string, to: Point): Promise<void> {
  const offered = page.getByRole('complementary', { name: 'Steps' }).locator(`[data-step="${kind}"]`);
  await offered.scrollIntoViewIfNeeded();
  await drag(page, await centre(offered), to);
}

/** An empty draft, open in the builder. */
async function openBuilder(page: Page, name: string, graph: object = { nodes: [], edges: [] }): Promise<string> {
  const { id } = await call<{ id: string }>(page, 'POST', '/api/journeys', { name, graph, settings: {} });
  await page.goto(`/journeys/edit?id=${id}`);
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await page.locator('.react-flow__pane').waitFor();
  return id;
}

const saved = (page: Page) => expect(page.getByTestId('save-state')).toHaveText('Saved');

/** start → mail, as a file would draw it. */
const TWO_STEPS = {
  nodes: [
    { id: 'start', type: 'event_trigger', position: { x: 0, y: 0 }, data: { event: 'Signed Up' } },
    { id: 'pause', type: 'wait', position: { x: 0, y: 200 }, data: { days: 1 } },
    { id: 'done', type: 'exit', position: { x: 0, y: 400 }, data: {} },
  ],
  edges: [
    { id: 'e1', source: 'start', sourceHandle: 'next', target: 'pause' },
    { id: 'e2', source: 'pause', sourceHandle: 'next', target: 'done' },
  ],
};

test('the welcome series is drawn by drag from an empty canvas, published, and its counts move', async ({ page }) => {
  const run = String(Date.now());
  const event = `Signed Up ${run}`;
  const id = await openBuilder(page, `Welcome ${run}`);
  await expect(page.getByText('How do people come in?')).toBeVisible();
  const canvas = await centre(page.locator('.react-flow__pane'));
  const at = (dx: number, dy: number) => ({ x: canvas.x + dx, y: canvas.y + dy });

  await pull(page, 'event_trigger', at(-180, -260));
  await expect(step(page, 'event_trigger')).toBeVisible();
  await page.getByLabel('Event', { exact: true }).fill(event);

  await pull(page, 'send_email', at(-180, -80));
  await page.getByRole('radio', { name: 'Written here' }).click();
  await page.getByLabel('Subject').fill('Welcome, {{ contact.fi');
  await page.getByRole('option', { name: 'contact.first_name' }).click();
  await expect(page.getByLabel('Subject')).toHaveValue('Welcome, {{ contact.first_name }}');
  await page.getByLabel('Category').selectOption('transactional');
  await page.getByLabel('Name', { exact: true }).fill('Greeting');

  await pull(page, 'wait', at(-180, 100));
  await page.getByLabel('How long, days').fill('2');
  await page.keyboard.press('Escape');

  await drag(
    page,
    await centre(port(step(page, 'event_trigger'), 'next')),
    await centre(entry(step(page, 'send_email'))),
  );
  await expect(edges(page)).toHaveCount(1);
  await drag(page, await centre(port(step(page, 'send_email'), 'sent')), await centre(entry(step(page, 'wait'))));
  await expect(edges(page)).toHaveCount(2);

  // Pulled onto a step, the next one follows it; pulled onto an edge, it stands in between.
  await pull(page, 'exit', await centre(step(page, 'wait')));
  await expect(edges(page)).toHaveCount(3);
  await saved(page);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await expect(page).toHaveURL(new RegExp(`/journeys/view\\?id=${id}`));
  await expect(page.getByText('Version 1', { exact: true })).toBeVisible();

  // The numbers move while they are looked at.
  await page.goto(`/journeys/edit?id=${id}&counts=on`);
  await expect(page.getByRole('button', { name: 'Live counts', pressed: true })).toBeVisible();
  await expect(step(page, 'wait')).toBeVisible();
  const { key } = await call<{ key: string }>(page, 'POST', '/api/keys', { name: `Builder ${run}`, kind: 'write' });
  const user = `builder-${run}`;
  const sent = await page.request.post('/v1/batch', {
    headers: { Authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
    data: {
      batch: [
        { type: 'identify', userId: user, traits: { email: `${user}@example.com`, first_name: 'Grace' } },
        { type: 'track', userId: user, event },
      ],
    },
  });
  expect(sent.ok(), await sent.text()).toBe(true);
  await expect(step(page, 'wait').getByText(/^1\s*here$/)).toBeVisible();
  await page.goto('/outbox');
  await expect(page.getByText('Welcome, Grace').first()).toBeVisible();
});

test('what cannot be connected is refused with the reason, and everything can be taken back', async ({ page }) => {
  await openBuilder(page, `Rules ${Date.now()}`, TWO_STEPS);
  await expect(edges(page)).toHaveCount(2);

  await drag(page, await centre(port(step(page, 'wait'), 'next')), await centre(entry(step(page, 'wait'))));
  await expect(edges(page)).toHaveCount(2);

  await page.getByRole('button', { name: 'Insert a step here' }).first().click();
  await page.keyboard.type('tag');
  await page.keyboard.press('Enter');
  await expect(steps(page)).toHaveCount(4);
  await expect(edges(page)).toHaveCount(3);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /^Undo: Add Tag/ }).click();
  await expect(steps(page)).toHaveCount(3);
  await expect(edges(page)).toHaveCount(2);
  await page.getByRole('button', { name: /^Redo/ }).click();
  await expect(steps(page)).toHaveCount(4);

  // Deleting closes the gap, and one undo brings the step back with its edges.
  await step(page, 'tag').click({ position: { x: 20, y: 8 } });
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(steps(page)).toHaveCount(3);
  await expect(edges(page)).toHaveCount(2);
  await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } });
  await page.keyboard.press('Control+z');
  await expect(steps(page)).toHaveCount(4);
  await expect(edges(page)).toHaveCount(3);
});

test('steps are copied into another journey as text', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openBuilder(page, `From ${Date.now()}`, TWO_STEPS);
  await step(page, 'wait').click({ position: { x: 20, y: 8 } });
  await page.locator('.react-flow__node[data-id="pause"]').focus();
  await page.keyboard.press('Control+c');
  await expect(page.getByTestId('said')).toHaveText('Copied 1');
  await openBuilder(page, `To ${Date.now()}`);
  await page.keyboard.press('Control+v');
  await expect(step(page, 'wait')).toHaveText(/Wait 1 day/);
  await saved(page);
});

test('a journey is put together with the keyboard alone', async ({ page }) => {
  await openBuilder(page, `Keys ${Date.now()}`);
  await page.getByPlaceholder('Find a step').focus();
  await page.keyboard.type('event');
  await page.keyboard.press('Enter');
  await expect(step(page, 'event_trigger')).toBeVisible();
  await page.getByPlaceholder('Find a step').fill('exit');
  await page.keyboard.press('Enter');
  await expect(edges(page)).toHaveCount(1);
  await page.locator('.react-flow__node').first().focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Next leads to').selectOption('');
  await expect(edges(page)).toHaveCount(0);
  await page.getByLabel('Next leads to').selectOption({ index: 1 });
  await expect(edges(page)).toHaveCount(1);
});

test('what the server finds wrong stands at the step and at the field', async ({ page }) => {
  const wrong = structuredClone(TWO_STEPS);
  wrong.nodes[0] = { ...wrong.nodes[0], data: { event: '' } } as (typeof wrong.nodes)[0];
  await openBuilder(page, `Wrong ${Date.now()}`, wrong);
  await expect(page.getByRole('button', { name: /1 problem/ })).toBeVisible();
  await page.getByRole('button', { name: /1 problem/ }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'at least 1 character' })).toBeVisible();
  await page.getByLabel('Event', { exact: true }).fill('Signed Up');
  await expect(page.getByRole('button', { name: /problem/ })).toHaveCount(0);
});

test('two people at one canvas see each other, and a conflict is not lost', async ({ page, context }) => {
  const id = await openBuilder(page, `Shared ${Date.now()}`, TWO_STEPS);
  const other = await context.newPage();
  await other.goto(`/journeys/edit?id=${id}`);
  await expect(other.getByRole('list', { name: 'Also here' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Also here' })).toBeVisible();

  await step(page, 'wait').click({ position: { x: 20, y: 8 } });
  await page.getByLabel('How long, days').fill('5');
  await saved(page);
  await step(other, 'wait').click({ position: { x: 20, y: 8 } });
  await other.getByLabel('How long, days').fill('9');
  await expect(other.getByRole('alert').filter({ hasText: 'Somebody else has changed this draft' })).toBeVisible();
  await other.getByRole('button', { name: 'Keep mine' }).click();
  await saved(other);
  const { graph } = await call<{ graph: typeof TWO_STEPS }>(page, 'GET', `/api/journeys/${id}`);
  expect(graph.nodes.find((node) => node.id === 'pause')?.data).toEqual({ days: 9 });
  await other.close();
  await expect(page.getByRole('list', { name: 'Also here' })).toHaveCount(0);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });

  test('a journey is drawn by tapping, and set up in a sheet', async ({ page }) => {
    const id = await openBuilder(page, `Phone ${Date.now()}`);
    const add = async (name: string) => {
      await page.getByRole('button', { name: 'Add a step', exact: true }).tap();
      const sheet = page.getByRole('dialog', { name: 'Add a step' });
      await sheet.getByPlaceholder('Find a step').fill(name);
      await sheet.getByRole('option').first().tap();
    };
    await add('event');
    await page.getByLabel('Event', { exact: true }).and(page.locator('input')).fill('Signed Up');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Close' }).tap();
    await add('exit');
    await page.getByRole('button', { name: 'Close' }).tap();
    await expect(edges(page)).toHaveCount(1);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Publish', exact: true }).tap();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).tap();
    await expect(page).toHaveURL(new RegExp(`/journeys/view\\?id=${id}`));
    await expect(page.getByText('Version 1', { exact: true })).toBeVisible();
  });
});
