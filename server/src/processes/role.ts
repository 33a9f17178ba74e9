import { type Config, ConfigError } from '../config.ts';
import type { Logger } from '../platform/telemetry/logger.ts';
import { runDelivery } from '../skins/delivery/main.ts';
import { runControl } from './control.ts';
import { nodeRedis, nodeSettings } from './node-settings.ts';
import { sandboxAt } from './supervisor.ts';
import { startProcessTracing } from './tracing.ts';

/**
 * Runs one plane in this process, for installations whose planes run apart.
 * Resolves with an exit code when it has stopped.
 * @throws ConfigError when a setting that this role needs is missing
 */
export async function runRole(config: Config, log: Logger): Promise<number> {
  const { planeKey } = config;
  if (!planeKey) throw new ConfigError(['CUEPOINT_PLANE_KEY is missing.']);
  if (config.role === 'delivery') {
    await startProcessTracing(config, 'delivery', log);
    await runDelivery({
      ...nodeSettings(config),
      ...(await nodeRedis(config)),
      publicPort: config.publicPort,
      internalPort: config.deliveryInternalPort,
      controlOrigin: config.controlOrigin!,
      planeKey,
      publicBaseUrl: config.publicUrl ?? `http://${config.publicHost}:${config.publicPort}`,
      logger: log,
    });
    return new Promise(() => {});
  }
  if (!config.publicUrl)
    throw new ConfigError(['CUEPOINT_PUBLIC_URL is missing: a control plane that runs apart must know it.']);
  if (!config.deliveryOrigins)
    throw new ConfigError([
      'CUEPOINT_DELIVERY_ORIGINS is missing: the events of delivery nodes are read from there.',
    ]);
  const control = await runControl(
    {
      config,
      publicUrl: config.publicUrl.replace(/\/+$/, ''),
      publicPort: config.publicPort,
      controlPort: config.controlPort,
      controlOrigin: `http://${config.controlHost}:${config.controlPort}`,
      deliveryInternalPort: 0,
      deliveryOrigins: config.deliveryOrigins,
      planeKey,
      sandbox: config.sandboxOrigin ? sandboxAt(config.sandboxOrigin) : null,
    },
    { serve: config.role === 'control', work: config.role === 'worker' },
  );
  return new Promise((resolve, reject) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => control.close().then(() => resolve(0), reject));
    }
  });
}
