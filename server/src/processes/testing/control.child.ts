import { loadConfig } from '../../config.ts';
import { runControl } from '../control.ts';
import { sandboxAt } from '../supervisor.ts';

/** Control plane and worker in one process, as `cuepoint start` runs them: settings as JSON in the first argument. */
const { config } = loadConfig({
  env: {},
  flags: JSON.parse(process.argv[2]!) as Record<string, unknown>,
  workingDir: process.cwd(),
});
await runControl(
  {
    config,
    publicUrl: config.publicUrl!,
    publicPort: config.publicPort,
    controlPort: config.controlPort,
    controlOrigin: `http://127.0.0.1:${config.controlPort}`,
    deliveryInternalPort: 0,
    deliveryOrigins: config.deliveryOrigins!,
    planeKey: config.planeKey!,
    sandbox: sandboxAt(config.sandboxOrigin!),
  },
  { serve: true, work: true },
);
