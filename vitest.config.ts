import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './tools/slowest-first.ts';

const conditions = ['@cuepoint/source'];
/** Where counts are collected when several runs are summed up; see tools/summary.mjs. */
const reports = process.env.TEST_REPORT_DIR;

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
    reporters: reports ? ['default', ['json', { outputFile: `${reports}/tests.json` }]] : ['default'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SlowestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
