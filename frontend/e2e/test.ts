import { test as base, expect, type Page } from '@playwright/test';
import axe from 'axe-core';

const { E2E_EMAIL = 'owner@example.com', E2E_PASSWORD = 'a long enough passphrase' } = process.env;
export const OWNER = { email: E2E_EMAIL, password: E2E_PASSWORD };

/** What the browser says of itself: a request that was refused as the test asked, a mail's frame that may run no script. */
const FORESEEN = /^Failed to load resource|^Blocked script execution in 'about:srcdoc'/;

/** A test that also fails when the page throws or logs an error of its own. */
export const test = base.extend<{ faults: string[] }>({
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !FORESEEN.test(message.text())) faults.push(message.text());
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

/** Nothing on the page keeps anybody out, and nothing sticks out of the window. */
export async function expectAccessible(page: Page): Promise<void> {
  // Colours halfway through a fade are nobody's choice.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  // Whole results are megabytes: only what we ask about leaves the page.
  const serious = await page.evaluate(async () => {
    // Not inside frames: they hold mails, which run no script, ours neither.
    const options = { iframes: false, resultTypes: ['violations' as const] };
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(options);
    const counted = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return counted.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
  await page.emulateMedia({ reducedMotion: null });
  expect(serious).toEqual([]);
  // A phone's window grows with what sticks out of it; the screen does not.
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
}

/** A request as the signed-in person, with the token that changes need. */
export async function call<T>(page: Page, method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<T> {
  const me = (await (await page.request.get('/api/auth/me')).json()) as { csrf_token: string };
  const response = await page.request.fetch(path, { method, data: body, headers: { 'X-CSRF-Token': me.csrf_token } });
  expect(response.ok(), `${method} ${path}: ${response.status()} ${await response.text()}`).toBe(true);
  return (await response.json()) as T;
}

/** Gives this window a session of its own, as whoever is signed in everywhere. */
export async function signInAnew(page: Page): Promise<void> {
  await page.context().clearCookies();
  const response = await page.request.post('/api/auth/sign-in', { data: OWNER });
  expect(response.ok(), await response.text()).toBe(true);
}

export { expect };
