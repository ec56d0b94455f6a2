import { expect, test } from '@playwright/test';

const { E2E_SETUP_URL, E2E_EMAIL = 'owner@example.com', E2E_PASSWORD = 'a long enough passphrase' } = process.env;

/** With a one-time link we become the first owner; without one, the owner signs in. Later specs reuse the session. */
test('the owner is signed in', async ({ page, context }) => {
  if (E2E_SETUP_URL) {
    await page.goto(E2E_SETUP_URL);
    await page.getByLabel('Your name').fill('Ada Lovelace');
    await page.getByLabel('Email').fill(E2E_EMAIL);
    await page.getByLabel('Password').fill(E2E_PASSWORD);
    await page.getByLabel('Workspace').fill('Fernweh Supply');
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await page.getByRole('button', { name: 'Create workspace' }).click();
  } else {
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(E2E_EMAIL);
    await page.getByLabel('Password').fill(E2E_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
  await context.storageState({ path: 'test-results/owner.json' });
});
