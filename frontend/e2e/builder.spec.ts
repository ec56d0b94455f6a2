import type { Locator, Page } from '@playwright/test';
import { widgetFor } from '@/features/builder/form/widgets';
import type { JsonSchema, Page as PageOf } from '@/lib/api/types';
import { resolve } from '@/lib/nodes/schema';
import { track } from './segment-client';
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
  await page.getByLabel('Subject', { exact: true }).fill('Welcome, {{ contact.fi');
  await page.getByRole('option', { name: 'contact.first_name' }).click();
  await expect(page.getByLabel('Subject', { exact: true })).toHaveValue('Welcome, {{ contact.first_name }}');
  await page.getByLabel('Category', { exact: true }).selectOption('transactional');
  await page.getByLabel('Name', { exact: true }).fill('Greeting');

  await pull(page, 'wait', at(-180, 100));
  await page.getByLabel('How long, days', { exact: true }).fill('2');
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
  await track(page, `builder-${run}`, event);
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
  await page.getByLabel('Next leads to', { exact: true }).focus();
  await page.getByLabel('Next leads to', { exact: true }).selectOption('');
  await expect(edges(page)).toHaveCount(0);
  await page.getByLabel('Next leads to', { exact: true }).selectOption({ index: 1 });
  await expect(edges(page)).toHaveCount(1);
  await page.getByLabel('Next leads to', { exact: true }).press('Escape');

  // Tab on the selected step asks for the next one; it is selected then, and F2 goes to its name.
  const trigger = page.locator('.react-flow__node').first();
  await expect(trigger).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('dialog', { name: 'Add a step' }).getByPlaceholder('Find a step')).toBeFocused();
  await page.keyboard.type('tag');
  await page.keyboard.press('Enter');
  await expect(edges(page)).toHaveCount(2);
  await expect(page.locator('.react-flow__node').filter({ has: step(page, 'tag') })).toBeFocused();
  await page.keyboard.press('F2');
  await expect(page.getByRole('complementary', { name: 'Set up' }).locator('[data-name-of]')).toBeFocused();
  await page.keyboard.type('Mark them');
  await page.keyboard.press('Escape');
  await expect(step(page, 'tag')).toContainText('Mark them');
  await expect(page.getByRole('complementary', { name: 'Set up' })).toHaveCount(0);

  await page.keyboard.press('Enter');
  await page.keyboard.press('b');
  await expect(page.getByTestId('said')).toHaveText('Selected 2');
  await page.keyboard.press('Delete');
  await expect(steps(page)).toHaveCount(1);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys of the builder' }).getByText('This list')).toBeVisible();
});

test('a step has a menu, by the right button and by the keyboard', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openBuilder(page, `Menu ${Date.now()}`, TWO_STEPS);
  const choose = (name: string) => page.getByRole('menuitem', { name, exact: true }).click();
  await step(page, 'wait').click({ button: 'right', position: { x: 20, y: 8 } });
  await choose('Select the whole branch');
  await expect(page.getByRole('region', { name: 'Selected steps' })).toContainText('2 selected');

  // Of several selected steps, the menu of one is that of all.
  await step(page, 'exit').click({ button: 'right', position: { x: 20, y: 8 } });
  await choose('Duplicate');
  await expect(steps(page)).toHaveCount(5);
  await page.keyboard.press('Control+z');
  await expect(steps(page)).toHaveCount(3);

  await page.locator('.react-flow__pane').click({ position: { x: 20, y: 20 } });
  await page.locator('.react-flow__node[data-id="pause"]').focus();
  await page.keyboard.press('Shift+F10');
  await choose('Rename');
  await expect(page.getByRole('complementary', { name: 'Set up' }).locator('[data-name-of]')).toBeFocused();
  await page.keyboard.press('Escape');
  await step(page, 'wait').click({ button: 'right', position: { x: 20, y: 8 } });
  await choose('Copy');
  await expect(page.getByTestId('said')).toHaveText('Copied 1');
  await expect(page.locator('.react-flow__node[data-id="pause"]')).toBeFocused();
});

test('Ctrl and K finds the steps of the open journey too', async ({ page }) => {
  const id = await openBuilder(page, `Steps ${Date.now()}`, TWO_STEPS);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/Find a journey/).fill('wait 1 day');
  await page.getByRole('group', { name: 'On this page' }).getByRole('option', { name: 'Wait' }).click();
  await expect(page).toHaveURL(new RegExp(`edit\\?id=${id}&step=pause`));
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/Find a journey/).fill('keys of the builder');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Keys of the builder' })).toBeVisible();
});

test('the changes that nobody walks yet are counted', async ({ page }) => {
  const id = await openBuilder(page, `Changed ${Date.now()}`, TWO_STEPS);
  await call(page, 'POST', `/api/journeys/${id}/publish`, {});
  await page.reload();
  await step(page, 'wait').click({ position: { x: 20, y: 8 } });
  await page.getByLabel('How long, days', { exact: true }).fill('3');
  await expect(page.getByRole('button', { name: '1 unpublished change', exact: true })).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill('Pause');
  await page.getByRole('button', { name: 'Insert a step here' }).first().click();
  await page.keyboard.type('goal');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '3 unpublished changes', exact: true }).click();
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Changes' }).getByRole('listitem')).toHaveCount(3);
});

test('the address names the open step: Back closes it, Forward and a link open it again', async ({ page }) => {
  const id = await openBuilder(page, `Address ${Date.now()}`, TWO_STEPS);
  const panel = page.getByRole('complementary', { name: 'Set up' });
  await step(page, 'wait').click({ position: { x: 20, y: 8 } });
  await expect(page).toHaveURL(/&step=pause/);
  await step(page, 'exit').click({ position: { x: 20, y: 8 } });
  await expect(page).toHaveURL(/&step=done/);
  await page.goBack();
  await expect(panel).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`edit\\?id=${id}$`));
  await page.goForward();
  await expect(panel).toBeVisible();
  await panel.getByRole('button', { name: 'Close the panel' }).click();
  await expect(page).toHaveURL(new RegExp(`edit\\?id=${id}$`));

  // Several steps can be selected, which no address names.
  await step(page, 'wait').click({ position: { x: 20, y: 8 } });
  await step(page, 'exit').click({ position: { x: 20, y: 8 }, modifiers: ['Shift'] });
  await expect(page).toHaveURL(new RegExp(`edit\\?id=${id}$`));
  await expect(page.getByRole('region', { name: 'Selected steps' })).toContainText('2 selected');

  await page.goto(`/journeys/edit?id=${id}&step=pause`);
  await expect(panel.getByLabel('How long, days', { exact: true })).toHaveValue('1');
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
  await page.getByLabel('How long, days', { exact: true }).fill('5');
  await saved(page);
  await step(other, 'wait').click({ position: { x: 20, y: 8 } });
  await other.getByLabel('How long, days', { exact: true }).fill('9');
  await expect(other.getByRole('alert').filter({ hasText: 'Somebody else has changed this draft' })).toBeVisible();
  await other.getByRole('button', { name: 'Keep mine' }).click();
  await saved(other);
  const { graph } = await call<{ graph: typeof TWO_STEPS }>(page, 'GET', `/api/journeys/${id}`);
  expect(graph.nodes.find((node) => node.id === 'pause')?.data).toEqual({ days: 9 });

  await page.getByLabel('How long, days', { exact: true }).fill('6');
  await page.getByRole('button', { name: 'Take theirs' }).click();
  await expect(step(page, 'wait')).toContainText('Wait 9 days');
  await expect(page.getByRole('button', { name: 'Take theirs' })).toHaveCount(0);
  await other.close();
  await expect(page.getByRole('list', { name: 'Also here' })).toHaveCount(0);
});

test('steps are grouped, named, folded and copied, and stay so', async ({ page }) => {
  const id = await openBuilder(page, `Grouped ${Date.now()}`, TWO_STEPS);
  await step(page, 'wait').click({ position: { x: 20, y: 8 } });
  await step(page, 'exit').click({ position: { x: 20, y: 8 }, modifiers: ['Shift'] });
  const bar = page.getByRole('region', { name: 'Selected steps' });
  await bar.getByRole('button', { name: 'Group' }).click();
  await bar.getByLabel('Name of the group').fill('Goodbye');

  // Its name moves all of it.
  const before = await centre(step(page, 'exit'));
  const name = await centre(page.getByRole('button', { name: 'Goodbye', exact: true }));
  await drag(page, name, { x: name.x + 120, y: name.y + 40 });
  await expect(async () => expect((await centre(step(page, 'exit'))).x).toBeGreaterThan(before.x + 60)).toPass();
  await page.getByRole('button', { name: 'Goodbye', exact: true }).click();
  await bar.getByRole('button', { name: 'Fold' }).click();
  const folded = page.getByTestId(/^group-/);
  await expect(folded).toContainText('Goodbye');
  await expect(folded).toContainText('2 steps');
  await expect(steps(page)).toHaveCount(2);
  await expect(edges(page)).toHaveCount(1);
  await expectAccessible(page);
  await saved(page);

  await page.reload();
  await expect(folded).toContainText('Goodbye');
  await expect(steps(page)).toHaveCount(2);
  const exported = await page.request.get(`/api/journeys/${id}/export`);
  expect(await exported.text()).toContain('Goodbye');

  await folded.getByRole('button', { name: 'Unfold Goodbye' }).click();
  await expect(step(page, 'wait')).toBeVisible();
  await page.getByRole('button', { name: /^Undo: Unfold/ }).click();
  await expect(step(page, 'wait')).toHaveCount(0);

  // The step that something is wrong with is shown, whatever it is folded into.
  await page.keyboard.press('Control+f');
  await page.getByPlaceholder('Find a step in this journey').fill('wait');
  await page.keyboard.press('Enter');
  await expect(step(page, 'wait')).toBeVisible();
});

test('every kind of step is set up by a form, without JSON', async ({ page }) => {
  const { items: kinds } = await call<PageOf<{ kind: string; config_schema: JsonSchema }>>(
    page,
    'GET',
    '/api/node-kinds',
  );
  // `tests/run.py` runs the product with the example of custom activities beside the built-in kinds.
  const names = kinds.map(({ kind }) => kind);
  expect(names).toEqual(expect.arrayContaining(['issue_coupon', 'add_to_audience']));
  const nodes = kinds.map(({ kind }, n) => ({
    id: kind,
    type: kind,
    position: { x: (n % 6) * 280, y: Math.floor(n / 6) * 200 },
    data: {},
  }));
  await openBuilder(page, `All kinds ${Date.now()}`, { nodes, edges: [] });
  for (const { kind, config_schema } of kinds) {
    await page.locator(`.react-flow__node[data-id="${kind}"]`).focus();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('complementary', { name: 'Set up' });
    await expect(panel.locator('code').getByText(kind, { exact: true })).toBeVisible();
    for (const field of await panel.locator('input, textarea').all()) {
      expect(await field.inputValue(), `${kind}: a field that shows JSON`).not.toMatch(/^\s*[[{]("|\]|\})/);
    }
    const shown = await panel.getByRole('group').or(panel.getByRole('textbox')).count();
    expect(shown, `${kind} has a form`).toBeGreaterThan(0);
    for (const [name, schema] of Object.entries(config_schema.properties ?? {})) {
      const resolved = resolve(schema, config_schema);
      const widget = widgetFor(name, resolved);
      const isText = !resolved.type || resolved.type === 'string';
      expect(isText || !['text', 'words'].includes(widget), `${kind}.${name}: a text for something else`).toBe(true);
    }
  }
});
