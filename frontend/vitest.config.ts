import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Plain functions are tested here; what is seen and clicked is Playwright's. */
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: { include: ['{lib,features}/**/*.test.ts'] },
});
