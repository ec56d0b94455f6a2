import { expect, test } from '@playwright/test';
import { OWNER } from './test';

const { E2E_SETUP_URL } = process.env;

/** With a one-time link we become the first owner; without one, the owner signs in. Later specs reuse the session. */
test('the owner is signed in', async ({ page, context }) => {
  if (E2E_SETUP_URL) {
    await page.goto(E2E_SETUP_URL);
    await page.getByLabel('Your name').fill('Ada Lovelace');
    await page.getByLabel('Email').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByLabel('Workspace').fill('Fernweh Supply');
    await page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await page.getByRole('button', { name: 'Create workspace' }).click();
  } else {
    await page.goto('/sign-in');
    await page.getByLabel('Email').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
  await context.storageState({ path: 'test-results/owner.json' });
});
