import type { Page } from '@playwright/test';
import { call, expect, expectAccessible, test } from './test';

/** start → mail → pause → done. */
const GRAPH = {
  nodes: [
    { id: 'start', type: 'event_trigger', position: { x: 0, y: 0 }, data: { event: 'Signed Up' } },
    {
      id: 'greet',
      type: 'send_email',
      position: { x: 0, y: 160 },
      data: {
        label: 'Greeting',
        category: 'transactional',
        inline: { subject: 'Hello {{ contact.first_name }}', html: '<p>Hello {{ contact.first_name }}</p>' },
      },
    },
    { id: 'pause', type: 'wait', position: { x: 0, y: 320 }, data: { days: 3, label: 'Rest' } },
    { id: 'done', type: 'exit', position: { x: 0, y: 480 }, data: { label: 'The end' } },
  ],
  edges: [
    { id: 'e1', source: 'start', sourceHandle: 'next', target: 'greet' },
    { id: 'e2', source: 'greet', sourceHandle: 'sent', target: 'pause' },
    { id: 'e3', source: 'pause', sourceHandle: 'next', target: 'done' },
  ],
};

const draw = (page: Page, name: string) =>
  call<{ id: string }>(page, 'POST', '/api/journeys', { name, graph: GRAPH, settings: {} });

test('a live journey is edited, the people inside are moved, and it is gone back', async ({ page }) => {
  const run = Date.now();
  const { id } = await draw(page, `Live edit ${run}`);
  await call(page, 'POST', `/api/journeys/${id}/publish`, {});
  const email = `mover-${run}@example.com`;
  const contact = await call<{ id: string }>(page, 'POST', '/api/contacts', { email, first_name: 'Mo' });
  await call(page, 'POST', `/api/journeys/${id}/enroll`, { contact_ids: [contact.id] });

  await page.goto(`/journeys/edit?id=${id}&counts=on`);
  await expect(page.getByTestId('step-pause').getByText(/^1\s*here$/)).toBeVisible();
  await page.getByTestId('step-pause').click({ position: { x: 20, y: 8 } });
  await page.getByRole('button', { name: 'Delete' }).click();
  await expect(page.locator('.react-flow__node')).toHaveCount(3);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();

  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'Changes' })).toContainText('Removed: Rest');
  await dialog.getByRole('radio', { name: /^Move/ }).click();
  await expect(dialog.getByRole('button', { name: 'Publish' })).toBeDisabled();
  await dialog.getByLabel(/^Where 1 person goes/).selectOption({ label: 'The end' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Publish' }).click();

  await expect(page.getByText('Version 2', { exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Completed 1' })).toBeVisible();

  await page.getByRole('tab', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Go back to 1' }).click();
  await expect(dialog.getByRole('list', { name: 'Changes' })).toContainText('Added: Rest');
  await dialog.getByRole('button', { name: 'Go back' }).click();
  await expect(page.getByRole('row', { name: /^3 Live/ })).toBeVisible();
});

test('a draft is simulated: time runs on, the path lights up, and the mail opens', async ({ page }) => {
  const { id } = await draw(page, `Simulated ${Date.now()}`);
  await page.goto(`/journeys/edit?id=${id}`);
  await page.getByRole('button', { name: 'Simulate', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Simulation' });
  await panel.getByLabel('First name').fill('Mia');
  await panel.getByRole('button', { name: 'Run the simulation' }).click();

  await expect(page.getByTestId('step-done').getByText('1 in')).toBeVisible();
  await panel.getByRole('button', { name: /Mia/ }).click();
  await panel.getByRole('button', { name: 'The moment before' }).click();
  await expect(page.getByTestId('step-pause').getByText('1 here')).toBeVisible();
  await expect(page.getByTestId('step-done').getByText('1 in')).toHaveCount(0);
  await expectAccessible(page);

  await panel.getByRole('button', { name: 'Hello Mia' }).click();
  await expect(page.frameLocator('iframe').getByText('Hello Mia')).toBeVisible();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Close the simulation' }).click();
  await expect(panel).toHaveCount(0);
});
