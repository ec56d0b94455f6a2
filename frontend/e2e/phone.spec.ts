import { track } from './segment-client';
import { call, expect, expectAccessible, test } from './test';

test('a journey is drawn by tapping, set up in a sheet, published and watched on a phone', async ({ page }) => {
  const run = String(Date.now());
  const event = `Signed Up ${run}`;
  const name = `Phone ${run}`;
  const graph = { nodes: [], edges: [] };
  const { id } = await call<{ id: string }>(page, 'POST', '/api/journeys', { name, graph, settings: {} });
  await page.goto(`/journeys/edit?id=${id}`);
  await expect(page.getByText('How do people come in?')).toBeVisible();
  const close = () => page.getByRole('button', { name: 'Close' }).tap();
  const add = async (kind: string) => {
    await page.getByRole('button', { name: 'Add a step', exact: true }).tap();
    const sheet = page.getByRole('dialog', { name: 'Add a step' });
    await sheet.getByPlaceholder('Find a step').fill(kind);
    await sheet.getByRole('option').first().tap();
  };

  await add('event');
  await page.getByLabel('Event', { exact: true }).and(page.locator('input')).fill(event);
  await expectAccessible(page);
  await close();
  await add('send email');
  await page.getByRole('radio', { name: 'Written here' }).tap();
  await page.getByLabel('Subject', { exact: true }).fill('Welcome by phone, {{ contact.first_name }}');
  await page.getByLabel('Category', { exact: true }).selectOption('transactional');
  await close();
  await add('wait');
  await page.getByLabel('How long, days', { exact: true }).fill('2');
  await close();
  await add('exit');
  await close();
  await expect(page.locator('.react-flow__node')).toHaveCount(4);
  await expect(page.locator('.react-flow__edge')).toHaveCount(3);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).tap();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).tap();
  await expect(page).toHaveURL(new RegExp(`/journeys/view\\?id=${id}`));
  await expect(page.getByText('Version 1', { exact: true })).toBeVisible();

  // The numbers move while they are looked at.
  const wait = page.getByRole('listitem').filter({ hasText: 'Wait 2 days' });
  await expect(wait).toBeVisible();
  await track(page, `phone-${run}`, event);
  await expect(wait.getByText(/^1\s*here$/)).toBeVisible();
  await expectAccessible(page);

  await page.goto('/outbox');
  await page.getByRole('button', { name: new RegExp(`phone-${run}@example.com`) }).tap();
  await expect(page.getByRole('heading', { name: 'Welcome by phone, Grace' })).toBeVisible();
  await expectAccessible(page);
});
