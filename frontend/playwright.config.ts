import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

const known = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'];
const executablePath = process.env.CHROMIUM_PATH ?? known.find((path) => existsSync(path));

/** Browser tests against the running product at E2E_BASE_URL; nothing is faked. */
export default defineConfig({
  testDir: './e2e',
  // Files run side by side: whatever a test makes has a name of its own, and no test changes what all of them share.
  workers: 2,
  timeout: 120_000,
  // A second try tells a fault from an accident of the machine; the list names the tests that needed it.
  retries: process.env.CI ? 1 : 0,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.E2E_BASE_URL ?? 'http://127.0.0.1:8000',
    // Recording costs as much as the test itself: `E2E_TRACE=1` says that somebody will look at it.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] },
  },
  projects: [
    { name: 'owner', testMatch: /owner\.setup\.ts/ },
    {
      name: 'desktop',
      dependencies: ['owner'],
      testMatch: /\.spec\.ts/,
      testIgnore: /phone\.spec\.ts/,
      use: { viewport: { width: 1440, height: 900 }, storageState: 'test-results/owner.json' },
    },
    {
      name: 'phone',
      dependencies: ['owner'],
      testMatch: /(pages|phone)\.spec\.ts/,
      use: { ...devices['Pixel 7'], storageState: 'test-results/owner.json', colorScheme: 'dark' },
    },
  ],
});
