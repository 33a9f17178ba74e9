import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './tools/slowest-first.ts';

const conditions = ['@cuepoint/source'];
/** No sockets, databases or processes here: these files share a process, which loads the code they test once. */
const pure = [
  'packages/*/{src,test}/**/*.test.ts',
  'console/src/**/*.test.{ts,tsx}',
  'server/seeds/**/*.test.ts',
  'server/src/kernel/*.test.ts',
  'server/src/modules/*/domain/**/*.test.ts',
  'cli/src/{output,views}/*.test.ts',
];
const never = ['**/node_modules/**', '**/dist/**', '**/*.deep.test.ts'];
/** Where counts are collected when several runs are summed up; see tools/summary.mjs. */
const reports = process.env.TEST_REPORT_DIR;

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] },
  // As Node itself resolves: `module` is for bundlers, and some packages offer it what Node cannot load.
  ssr: { resolve: { conditions: [...conditions, 'node', 'development|production'] } },
  test: {
    reporters: reports ? ['default', ['json', { outputFile: `${reports}/tests.json` }]] : ['default'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SlowestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: [
            '{media,server,cli,sandbox,tools,e2e}/{src,test}/**/*.test.ts',
            '{tools,e2e,bench}/**/*.test.ts',
          ],
          exclude: [...never, ...pure],
        },
      },
      { extends: true, test: { name: 'pure', include: pure, exclude: never, isolate: false } },
    ],
  },
});
