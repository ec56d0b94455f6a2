import { expect, test } from './test';

test('Ctrl and K leads from anywhere to anything', async ({ page }) => {
  await page.goto('/journeys');
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/Find a journey/).fill('settings');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/settings/);
});

test('the chosen theme stays after a reload', async ({ page }) => {
  await page.goto('/journeys');
  await page.getByRole('button', { name: /account and theme/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
