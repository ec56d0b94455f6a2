import { call, expect, expectAccessible, test } from './test';

const startedBy = (form: string) => ({
  nodes: [
    { id: 'start', type: 'form_trigger', position: { x: 0, y: 0 }, data: { form } },
    { id: 'done', type: 'exit', position: { x: 0, y: 160 }, data: {} },
  ],
  edges: [{ id: 'e1', source: 'start', sourceHandle: 'next', target: 'done' }],
});

test('a form that a live journey starts with stays, and is deleted once the journey is put away', async ({ page }) => {
  const run = Date.now();
  const name = `Form ${run}`;
  await page.goto('/forms?id=new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create form' }).click();
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
  const form = await call<{ key: string }>(page, 'GET', `/api/forms/${new URL(page.url()).searchParams.get('id')}`);
  const journey = { name: `Starts with ${name}`, graph: startedBy(form.key), settings: {} };
  const { id } = await call<{ id: string }>(page, 'POST', '/api/journeys', journey);
  await call(page, 'POST', `/api/journeys/${id}/publish`, {});

  const remove = async () => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  };
  await remove();
  await expect(page.getByText(`${name} is used by ${journey.name}`)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await call(page, 'POST', `/api/journeys/${id}/archive`);
  await remove();
  await expect(page.getByRole('heading', { name: 'Forms', level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});
