import { defineConfig } from 'vitest/config';

const conditions = ['@cuepoint/source'];

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    include: [
      '{packages/*,media,server,cli,sandbox,console,tools,e2e}/{src,test}/**/*.test.ts',
      'server/seeds/**/*.test.ts',
      '{tools,e2e,bench}/**/*.test.ts',
      '{console}/src/**/*.test.tsx',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.deep.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
