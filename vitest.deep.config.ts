import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

const reports = process.env.TEST_REPORT_DIR;

/** The deep lane: longer seeds, fault rounds, whole installations. One file at a time, for they need the machine. */
const config = mergeConfig(
  base,
  defineConfig({ test: { maxWorkers: 1, testTimeout: 600_000, hookTimeout: 300_000 } }),
);
config.test.projects = undefined;
config.test.include = ['{packages/*,media,server,cli,sandbox,console,tools,e2e}/**/*.deep.test.ts'];
config.test.exclude = ['**/node_modules/**', '**/dist/**'];
config.test.reporters = reports
  ? ['default', ['json', { outputFile: `${reports}/deep-tests.json` }]]
  : ['default'];
export default config;
