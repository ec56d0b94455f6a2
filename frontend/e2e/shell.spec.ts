import { call, expect, expectAccessible, signInAnew, test } from './test';

test('Ctrl and K leads from anywhere to anything', async ({ page }) => {
  const name = `Find me ${Date.now()}`;
  await call(page, 'POST', '/api/segments', { name, rule: { attribute: 'city', op: 'eq', value: 'Nowhere' } });
  await page.goto('/journeys');
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/Find a journey/).fill('settings');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/settings/);
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder(/Find a journey/).fill(name.toLowerCase());
  await expect(page.getByRole('option', { name })).toHaveAttribute('data-selected', 'true');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
});

test('a question mark shows the shortcuts, and two keys lead to a page', async ({ page }) => {
  await page.goto('/journeys');
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { name: 'Contacts', level: 1 })).toBeVisible();
});

test('j and k walk the rows of a list, and o opens one', async ({ page }) => {
  const names = [1, 2].map((which) => `Row ${which} ${Date.now()}`);
  for (const name of names) await call(page, 'POST', '/api/segments', { name, rule: { lifecycle: name } });
  await page.goto('/segments');
  await expect(page.getByRole('row', { name: names[0] })).toBeVisible();
  // Others make segments meanwhile: what counts is where the focus goes, not what the rows are.
  const focused = page.locator('main tbody a:focus');
  await page.keyboard.press('j');
  await expect(focused).toBeVisible();
  const first = (await focused.textContent()) ?? '';
  await page.keyboard.press('j');
  await expect(focused).not.toHaveText(first);
  const second = (await focused.textContent()) ?? '';
  await page.keyboard.press('k');
  await expect(focused).toHaveText(first);
  await page.keyboard.press('j');
  await expect(focused).toHaveText(second);
  await page.keyboard.press('o');
  await expect(page.getByRole('heading', { name: second, level: 1 })).toBeVisible();
});

test('what opens above the page gives the focus back', async ({ page }) => {
  const name = `Focus ${Date.now()}`;
  await call(page, 'POST', '/api/journeys', { name, graph: { nodes: [], edges: [] }, settings: {} });
  await page.goto('/journeys');
  const button = page.getByRole('button', { name: `Actions for ${name}` }).filter({ visible: true });
  await button.press('Enter');
  await page.getByRole('menuitem', { name: 'Tags' }).press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
  await page.keyboard.press('Control+k');
  await expect(page.getByPlaceholder(/Find a journey/)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
});

test('a second workspace begins empty, and the first is one choice away', async ({ page }) => {
  await signInAnew(page); // Other tests stay in the workspace of theirs.
  await page.goto('/contacts');
  const second = `Second ${Date.now()}`;
  const switcher = page.getByRole('button', { name: /change workspace/ });
  const first = (await switcher.textContent()) ?? '';
  await switcher.click();
  await page.getByRole('menuitem', { name: 'New workspace' }).click();
  await page.getByLabel('Name').fill(second);
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await expect(switcher).toHaveText(second);
  await expect(page.getByRole('heading', { name: 'No journeys yet' })).toBeVisible();
  await switcher.click();
  await page.getByRole('menuitemradio', { name: first }).click();
  await expect(switcher).toHaveText(first);
});

test('the chosen theme stays after a reload', async ({ page }) => {
  await page.goto('/journeys');
  await page.getByRole('button', { name: /account and theme/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a page that failed while the server was away goes on by itself', async ({ page }) => {
  await page.route(/\/(api\/templates|healthz)/, (route) => route.abort('connectionrefused'));
  await page.goto('/templates');
  await expect(page.getByRole('heading', { name: 'The server cannot be reached' })).toBeVisible({ timeout: 15_000 });
  await expectAccessible(page);
  await page.unrouteAll();
  await expect(page.getByRole('alert').filter({ hasText: 'cannot be reached' })).toHaveCount(0, { timeout: 15_000 });
  await expect(page.getByRole('heading', { name: 'Templates', level: 1 })).toBeVisible();
});
