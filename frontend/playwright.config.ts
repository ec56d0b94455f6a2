import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

const known = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'];
const executablePath = process.env.CHROMIUM_PATH ?? known.find((path) => existsSync(path));

/** Browser tests against the running product at E2E_BASE_URL; nothing is faked. */
export default defineConfig({
  testDir: './e2e',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.E2E_BASE_URL ?? 'http://127.0.0.1:8000',
    trace: 'retain-on-failure',
    launchOptions: { executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] },
  },
  projects: [
    { name: 'owner', testMatch: /owner\.setup\.ts/ },
    {
      name: 'desktop',
      dependencies: ['owner'],
      testMatch: /\.spec\.ts/,
      use: { viewport: { width: 1440, height: 900 }, storageState: 'test-results/owner.json' },
    },
    {
      name: 'phone',
      dependencies: ['owner'],
      testMatch: /pages\.spec\.ts/,
      use: { ...devices['Pixel 7'], storageState: 'test-results/owner.json', colorScheme: 'dark' },
    },
  ],
});
