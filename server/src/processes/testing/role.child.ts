import { loadConfig } from '../../config.ts';
import { createLogger } from '../../platform/telemetry/logger.ts';
import { runRole } from '../role.ts';

/** `cuepoint start --role ...` without its words: settings as JSON in the first argument. */
const { config } = loadConfig({
  env: {},
  flags: JSON.parse(process.argv[2]!) as Record<string, unknown>,
  workingDir: process.cwd(),
});
process.exit(await runRole(config, createLogger(config.role, config.logLevel)));
