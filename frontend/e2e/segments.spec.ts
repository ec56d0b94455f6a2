import { call, expect, expectAccessible, test } from './test';

test('a segment is built from conditions, compared with another, explained and deleted', async ({ page }) => {
  const run = String(Date.now());
  const city = `City ${run}`;
  await call(page, 'POST', '/api/contacts', { email: `s1-${run}@example.com`, first_name: `Sam${run}`, city });
  await call(page, 'POST', '/api/contacts', { email: `s2-${run}@example.com`, city, country: 'CH' });
  const swiss = {
    name: `Swiss ${run}`,
    rule: {
      all: [
        { attribute: 'city', op: 'eq', value: city },
        { attribute: 'country', op: 'eq', value: 'CH' },
      ],
    },
  };
  await call(page, 'POST', '/api/segments', swiss);

  await page.goto('/segments?id=new');
  await page.getByRole('button', { name: 'By an attribute' }).click();
  await expectAccessible(page);
  await page.getByLabel('Name', { exact: true }).fill(`Draft ${run}`);
  await page.getByRole('button', { name: 'Save segment' }).click();
  await expect(page).toHaveURL(/id=[0-9a-f-]{36}/);

  const rule = { attribute: 'city', op: 'eq', value: city };
  const { id } = await call<{ id: string }>(page, 'POST', '/api/segments', { name: `In ${city}`, rule });
  await page.goto(`/segments?id=${id}&tab=overlap`);
  await expect(page.getByText('2 people are in it')).toBeVisible();
  await page.getByLabel('Compare with').selectOption({ label: swiss.name });
  await expect(page.getByText(/1 person is in both: 50% of .*, 100% of/)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('tab', { name: 'Why is someone in?' }).click();
  await page.getByRole('button', { name: 'Person' }).click();
  await page.getByPlaceholder('Name, email or id').fill(`Sam${run}`);
  await page.getByRole('option', { name: `Sam${run}` }).click();
  await expect(page.getByRole('status').filter({ hasText: 'is in, because' })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: /Actions for/ }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(page.getByRole('link', { name: `In ${city}` })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('link', { name: `In ${city}` })).toBeVisible();
});
