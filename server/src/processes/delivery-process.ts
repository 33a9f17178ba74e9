import { createLogger } from '../platform/telemetry/logger.ts';
import { runDelivery } from '../skins/delivery/main.ts';
import { nodeRedis, nodeSettings } from './node-settings.ts';
import { receiveRuntime } from './runtime.ts';
import { startProcessTracing } from './tracing.ts';

/** The delivery plane as a child of `cuepoint start`. */
const { config, ...runtime } = await receiveRuntime();
const logger = createLogger('delivery', config.logLevel);
await startProcessTracing(config, 'delivery', logger);
const running = await runDelivery({
  ...nodeSettings(config),
  ...(await nodeRedis(config)),
  publicPort: runtime.publicPort,
  internalPort: runtime.deliveryInternalPort,
  controlOrigin: runtime.controlOrigin,
  planeKey: runtime.planeKey,
  publicBaseUrl: runtime.publicUrl,
  logger,
});
process.send?.({
  ready: true,
  details: { publicPort: running.publicPort, internalPort: running.internalPort },
});
