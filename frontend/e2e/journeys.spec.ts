import { call, expect, expectAccessible, test } from './test';

test('a journey of the library is looked at, used, copied, tagged and deleted, and the deletion taken back', async ({
  page,
}) => {
  const name = `Listed ${Date.now()}`;
  await page.goto('/journeys/new');
  await page
    .getByRole('button', { name: /Welcome/ })
    .first()
    .click();
  await expect(page.getByRole('dialog').getByRole('list', { name: 'Steps' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Use this journey' }).click();
  await expect(page).toHaveURL(/\/journeys\/view\?id=/);
  const id = new URL(page.url()).searchParams.get('id');
  await call(page, 'PATCH', `/api/journeys/${id}`, { name });

  await page.goto('/journeys?state=draft');
  const row = page.getByRole('row', { name: new RegExp(name) }).first();
  await row.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Tags' }).click();
  await page
    .getByRole('combobox', { name: 'Tags' })
    .or(page.getByRole('textbox', { name: 'Tags' }))
    .fill('e2e');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByText('e2e', { exact: true })).toBeVisible();

  await row.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect(page.getByText(`Copy of ${name}`).first()).toBeVisible();

  await page.goto('/journeys?state=draft&tag=e2e');
  await page
    .getByRole('button', { name: `Actions for Copy of ${name}` })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Delete the draft' }).click();
  await expect(page.getByRole('link', { name: `Copy of ${name}` })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: `Copy of ${name}` }).first()).toBeVisible();
});
