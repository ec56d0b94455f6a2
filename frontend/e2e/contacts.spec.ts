import { call, expect, expectAccessible, test } from './test';

const file = (run: string, people: number) => ({
  name: 'people.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(
    `E-Mail,First Name,Favourite colour\n${Array.from({ length: people }, (_, n) => `p${n}-${run}@example.com,P${n},${n % 2 ? 'red' : 'blue'}`).join('\n')}\nnobody,No,red\n`,
  ),
});

test('fifty thousand people are checked, imported, found by a rule, tagged together, kept as a view and made a segment', async ({
  page,
}) => {
  test.setTimeout(600_000);
  const run = String(Date.now());
  await page.goto('/contacts');
  await page.getByRole('button', { name: 'Import' }).first().click();
  await page.getByLabel('File').setInputFiles(file(run, 50_000));
  await expect(page.getByLabel('E-Mail becomes')).toHaveValue('email');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Check first' }).click();
  await expect(page.getByText('Checked: people.csv')).toBeVisible({ timeout: 180_000 });
  await expect(page.getByRole('link', { name: '1 refused row with reasons' })).toBeVisible();
  await page.getByRole('button', { name: 'Import now' }).click();
  await expect(page.getByText('Done: people.csv')).toBeVisible({ timeout: 180_000 });
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.getByLabel('Find contacts').fill(`p4217-${run}`);
  await expect(page.getByRole('row', { name: /p4217-/ })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(2);

  const rule = {
    all: [
      { attribute: 'favourite_colour', op: 'eq', value: 'red' },
      { attribute: 'email', op: 'contains', value: `1-${run}` },
    ],
  };
  await page.goto(`/contacts?rule=${encodeURIComponent(JSON.stringify(rule))}`);
  await page.getByRole('checkbox', { name: 'Select all rows' }).click();
  await page.getByRole('button', { name: 'Select all that match' }).click();
  await page.getByRole('button', { name: 'Tag', exact: true }).click();
  await page.getByRole('textbox', { name: 'Tags to give' }).fill(`odd-${run}`);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Change tags' }).click();
  await expect(page.getByRole('dialog').getByText('Done', { exact: true }).first()).toBeVisible({ timeout: 180_000 });
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await page.goto(`/contacts?tag=odd-${run}`);
  await expect(page.getByRole('row').nth(1)).toBeVisible();
  await page.getByRole('button', { name: 'Save as a view' }).click();
  await page.getByLabel('Name').fill(`Odd ${run}`);
  await page.getByRole('button', { name: 'Save view' }).click();
  await expect(page.getByRole('button', { name: `Odd ${run}`, pressed: true })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('link', { name: 'Make a segment' }).click();
  await expect(page.getByText(/5,000/).first()).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill(`Odd people ${run}`);
  await page.getByRole('button', { name: 'Save segment' }).click();
  await expect(page.getByText('5,000 people are in it')).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
});

test('a click on a head sorts everybody, and the address says so', async ({ page }) => {
  const run = `sort${Date.now()}`;
  for (const name of ['Bea', 'ada', 'Cleo']) {
    await call(page, 'POST', '/api/contacts', { email: `${name.toLowerCase()}-${run}@example.com`, first_name: name });
  }
  await page.goto(`/contacts?q=${run}`);
  const names = page.getByRole('row').getByRole('link');
  await expect(names).toHaveText(['Cleo', 'ada', 'Bea']);
  const head = page.getByRole('columnheader', { name: 'Name' });
  await head.getByRole('button').click();
  await expect(names).toHaveText(['ada', 'Bea', 'Cleo']);
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await head.getByRole('button').press('Enter');
  await expect(names).toHaveText(['Cleo', 'Bea', 'ada']);
  await expectAccessible(page);
  await page.reload();
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  await expect(names).toHaveText(['Cleo', 'Bea', 'ada']);
});

test('the keyboard walks the list, chooses and opens', async ({ page }) => {
  const name = `Keyboard${Date.now()}`;
  await call(page, 'POST', '/api/contacts', { email: `${name.toLowerCase()}@example.com`, first_name: name });
  await page.goto(`/contacts?q=${name}`);
  await expect(page.getByRole('row', { name: new RegExp(name) })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByRole('region', { name: 'Selected contacts' }).getByText('1 person')).toBeVisible();
  await page.keyboard.press('o');
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible();
});

test('somebody is added by hand, and their profile changed', async ({ page }) => {
  const run = Date.now();
  await page.goto('/contacts?new=1');
  await page.getByLabel('Email').fill(`hand-${run}@example.com`);
  await page.getByLabel('First name').fill('Hanna');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Add contact' }).click();
  await expect(page.getByRole('heading', { name: 'Hanna', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Actions for Hanna' }).click();
  await page.getByRole('menuitem', { name: 'Edit the profile' }).click();
  await page.getByLabel('Last name').fill('Moreau');
  await page.getByLabel('Country').fill('FR');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { name: 'Hanna Moreau', level: 1 })).toBeVisible();
});
