import { expect, expectAccessible, test } from './test';

const PAGES = [
  { path: '/journeys', title: 'Journeys' },
  { path: '/journeys/new', title: 'New journey' },
  { path: '/contacts', title: 'Contacts' },
  { path: '/segments', title: 'Segments' },
  { path: '/segments?id=new', title: 'New segment' },
  { path: '/templates', title: 'Templates' },
  { path: '/templates?id=new', title: 'New template' },
  { path: '/forms', title: 'Forms' },
  { path: '/forms?id=new', title: 'New form' },
  { path: '/scoring', title: 'Scoring' },
  { path: '/scoring?new=1', title: 'New score' },
  { path: '/messages', title: 'Messages' },
  { path: '/outbox', title: 'Outbox' },
  { path: '/settings', title: 'Settings' },
  { path: '/settings?tab=keys', title: 'Settings' },
  { path: '/settings?tab=mail', title: 'Settings' },
  { path: '/settings?tab=topics', title: 'Settings' },
  { path: '/settings?tab=people', title: 'Settings' },
  { path: '/settings?tab=limits', title: 'Settings' },
  { path: '/settings?tab=brand', title: 'Settings' },
  { path: '/settings?tab=suppressed', title: 'Settings' },
  { path: '/settings?tab=activity', title: 'Settings' },
  { path: '/settings?tab=given-up', title: 'Settings' },
  { path: '/settings?tab=profile', title: 'Settings' },
];

// One window for all: a window of its own for each page would fetch and compile every script anew.
test('every page loads, and keeps nobody out', async ({ page }) => {
  test.setTimeout(600_000); // Of all pages together: whatever is waited for on a page has a limit of its own.
  for (const { path, title } of PAGES) {
    await test.step(path, async () => {
      await page.goto(path);
      await expect(page.getByRole('heading', { name: title, level: 1 })).toBeVisible();
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
      await expectAccessible(page);
    });
  }
  await test.step('a page that does not exist says so', async () => {
    await page.goto('/nowhere');
    await expect(page.getByRole('heading', { name: 'This path leads nowhere' })).toBeVisible();
    await expectAccessible(page);
  });
});
