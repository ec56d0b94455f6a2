import { expect, expectAccessible, test } from './test';

test.use({ storageState: { cookies: [], origins: [] } });

test('whoever is not signed in is led to the sign-in page', async ({ page }) => {
  await page.goto('/contacts');
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fcontacts/);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
});

test('a wrong password is refused in words', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /./ })).toBeVisible();
});
