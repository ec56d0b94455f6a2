import { track } from './segment-client';
import { expect, expectAccessible, test } from './test';

/** Everything in it is named after the run, so that no earlier run answers for this one. */
const journeyFile = (run: string) => `
name: Browser greeting ${run}
slug: browser-${run}
settings: {}
nodes:
  - id: start
    type: event_trigger
    data: {event: Signed Up ${run}}
  - id: greet
    type: send_email
    data:
      label: Greeting
      category: transactional
      inline:
        subject: Hello from the browser test
        html: <p>Hello {{ contact.first_name }}</p>
  - id: done
    type: exit
    data: {}
edges:
  - {from: start, outlet: next, to: greet}
  - {from: greet, outlet: sent, to: done}
`;

test('a journey is imported, published, and its counts move as an event comes in', async ({ page }) => {
  const run = String(Date.now());
  const name = `Browser greeting ${run}`;
  await page.goto('/journeys/new?from=file');
  await page.getByLabel('Journey', { exact: true }).fill(journeyFile(run));
  await page.getByRole('button', { name: 'Create draft' }).click();
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await expect(page.getByTestId('step-greet')).toBeVisible();

  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('Version 1', { exact: true })).toBeVisible();
  await expectAccessible(page);

  const user = `browser-${run}`;
  await track(page, user, `Signed Up ${run}`);

  await expect(page.getByTestId('step-greet').getByText(/^1\s*in$/)).toBeVisible({ timeout: 20_000 });
  await page.getByRole('tab', { name: 'People' }).click();
  await page.getByRole('link', { name: `${user}@example.com` }).click();
  await expect(page.getByRole('list', { name: 'Path' }).getByText('Greeting')).toBeVisible();
  await expectAccessible(page);

  await page.goto('/outbox');
  await page.getByRole('button', { name: new RegExp(`${user}@example.com`) }).click();
  await expect(page.frameLocator('iframe').getByText('Hello Grace')).toBeVisible();
  await expectAccessible(page);
});
