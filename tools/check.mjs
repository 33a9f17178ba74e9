/** `npm run check`: everything that can be said about the code without running the product. */
import { bin, run, runSteps } from './steps.mjs';
import { keepCounts } from './summary.mjs';

const tool = (name, ...args) => run(bin(name), args, { env: { NO_COLOR: '1', FORCE_COLOR: '0' } });
const started = performance.now();
const steps = [
  { name: 'format and lint', work: () => tool('biome', 'ci', '--colors=off', '--max-diagnostics=40', '.') },
  { name: 'types, server world', work: () => tool('tsc', '-p', 'tsconfig.json') },
  { name: 'types, console world', work: () => tool('tsc', '-p', 'console/tsconfig.json') },
  { name: 'dead code, dependencies', work: () => tool('knip', '--no-progress', '--no-config-hints') },
  {
    name: 'generated pages',
    work: () =>
      run(process.execPath, ['--import', 'tsx', '--conditions=@cuepoint/source', 'tools/docs.ts', '--check']),
  },
  {
    name: 'walls of the house',
    work: () => tool('vitest', 'run', '--reporter=dot', 'server/src/architecture.test.ts'),
  },
];
const failed = await runSteps(steps);
keepCounts('check', { passed: steps.length - failed.length, failed });
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  failed.length === 0 ? `check: ok in ${seconds} s` : `check: ${failed.join('; ')} failed, ${seconds} s`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
