/**
 * `npm run test:deep`: what takes longer than a coffee. PostgreSQL, Redis, a browser and ffmpeg are required here, so that
 * nothing is skipped for want of them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { packSteps } from './pack-test.mjs';
import { bin, root, run, runSteps } from './steps.mjs';
import { keepCounts } from './summary.mjs';

const env = { CUEPOINT_REQUIRE_POSTGRES: '1', CUEPOINT_REQUIRE_REDIS: '1', CUEPOINT_REQUIRE_BROWSER: '1' };
const source = ['--import', 'tsx', '--conditions=@cuepoint/source'];
const typescript = (file, ...args) => run(process.execPath, [...source, file, ...args], { env });

const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
const debianPostgres = '/usr/lib/postgresql';
const present = {
  'PostgreSQL (Debian: apt install postgresql)':
    onPath('initdb') ||
    (existsSync(debianPostgres) &&
      readdirSync(debianPostgres).some((version) => existsSync(join(debianPostgres, version, 'bin/initdb')))),
  'Redis (Debian: apt install redis-server)': onPath('redis-server') && onPath('redis-cli'),
  'Chromium (Debian: apt install chromium)': ['chromium', 'chromium-browser', 'google-chrome'].some(onPath),
  'ffmpeg (Debian: apt install ffmpeg)': onPath('ffmpeg') && onPath('ffprobe'),
};
const missing = Object.keys(present).filter((name) => !present[name]);
if (missing.length > 0) {
  console.error(`the deep lane needs what this machine does not have:\n  ${missing.join('\n  ')}`);
  process.exit(1);
}

const started = performance.now();
console.log('deep tests');
const tests = await run(bin('vitest'), ['run', '--config', 'vitest.deep.config.ts'], { env, show: true });

// Published schemas and samples are not part of the repository; who has them checks against them.
const shared = resolve(process.env.CUEPOINT_SHARED_DIR ?? join(root, '../shared'));
const conformance = readdirSync(join(root, 'tools/conformance')).filter((name) => name.endsWith('.ts'));
if (!existsSync(shared)) {
  console.log(
    `conformance: skipped, there is no folder ${shared} with published schemas (CUEPOINT_SHARED_DIR names another)`,
  );
}
console.log('deep checks');
const steps = [
  ...(existsSync(shared) ? conformance : []).map((name) => ({
    name: `conformance, ${name}`,
    work: () => typescript(`tools/conformance/${name}`),
  })),
  ...packSteps(),
];
const failed = await runSteps(steps, 1);
if (tests.code !== 0) failed.unshift('deep tests');
keepCounts('deep-checks', {
  passed: steps.length - failed.filter((name) => name !== 'deep tests').length,
  failed,
});
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  failed.length === 0 ? `deep: ok in ${seconds} s` : `deep: ${failed.join('; ')} failed, ${seconds} s`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
