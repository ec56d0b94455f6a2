import { expect, expectAccessible, test } from './test';

test('an invitation is handed over, waits in the list of people, and is withdrawn', async ({ page }) => {
  const email = `invited-${Date.now()}@example.com`;
  await page.goto('/settings?tab=people&invite=1');
  const dialog = page.getByRole('dialog', { name: 'Invite a person' });
  await dialog.getByLabel('Email', { exact: true }).fill(email);
  await dialog.getByRole('button', { name: 'Make link' }).click();
  await expect(page.getByText(/setup\?token=/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText(email)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: `Withdraw the invitation of ${email}` }).click();
  await expect(page.getByText(email)).toHaveCount(0);
});
