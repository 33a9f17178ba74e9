import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../config.ts';
import { createLogger } from '../../platform/telemetry/logger.ts';
import { startInstallation } from '../supervisor.ts';

/** `cuepoint start` without its words: prints one line of JSON whenever its process ids change. */
const dataDir = process.argv[2]!;
const { config } = loadConfig({
  env: {},
  flags: { dataDir, publicPort: 0, metricsPort: 0, demoData: false, logLevel: 'error' },
  workingDir: dataDir,
});
const installation = await startInstallation({
  config,
  log: createLogger('start', 'silent'),
  sandboxEntry: fileURLToPath(new URL('../../../../sandbox/src/main.ts', import.meta.url)),
});
process.on('SIGTERM', () => void installation.stop());
let shown = '';
const show = () => {
  const line = JSON.stringify({ publicUrl: installation.publicUrl, ...installation.pids() });
  if (line !== shown) process.stdout.write(`${line}\n`);
  shown = line;
};
show();
const watch = setInterval(show, 50);
const why = await installation.stopped;
clearInterval(watch);
process.stdout.write(`${JSON.stringify({ stopped: why })}\n`, () => process.exit(why === null ? 0 : 1));
