import { join } from 'node:path';
import { type Config, ConfigError } from '../config.ts';
import type { Logger } from '../platform/telemetry/logger.ts';
import { runDelivery } from '../skins/delivery/main.ts';
import { runControl } from './control.ts';
import { sandboxAt } from './supervisor.ts';

/**
 * Runs one plane in this process, for installations whose planes run apart.
 * Resolves with an exit code when it has stopped.
 * @throws ConfigError when a setting that this role needs is missing
 */
export async function runRole(config: Config, log: Logger): Promise<number> {
  const { planeKey } = config;
  if (!planeKey) throw new ConfigError(['CUEPOINT_PLANE_KEY is missing.']);
  if (config.role === 'delivery') {
    await runDelivery({
      publicHost: config.publicHost,
      publicPort: config.publicPort,
      internalPort: config.deliveryInternalPort,
      controlOrigin: config.controlOrigin!,
      dataDir: config.dataDir,
      mediaDir: join(config.dataDir, 'files'),
      planeKey,
      nodeId: config.nodeId,
      publicBaseUrl: config.publicUrl ?? `http://${config.publicHost}:${config.publicPort}`,
      listener: config.deliveryListener,
      sync: config.eventDurability,
      logPruneAfter: config.logPruneAfter,
      logMaxBytes: config.logKeepMegabytes * 2 ** 20,
      logMinFreeBytes: config.logMinFreeMegabytes * 2 ** 20,
      decisionSampleRate: config.decisionSampleRate,
      ...(config.trustedProxies ? { trustedProxies: config.trustedProxies } : {}),
      ...(config.countryHeader ? { countryHeader: config.countryHeader } : {}),
      ...(config.geoHeaders === 'none' ? {} : { geoHeaders: config.geoHeaders }),
      ...(config.geoDatabase ? { geoDatabase: config.geoDatabase } : {}),
      trafficChecks: config.trafficChecks,
      ...(config.dataCenterRanges ? { dataCenterRanges: config.dataCenterRanges } : {}),
      logger: log,
    });
    return new Promise(() => {});
  }
  if (!config.publicUrl)
    throw new ConfigError(['CUEPOINT_PUBLIC_URL is missing: a control plane that runs apart must know it.']);
  if (!config.deliveryOrigin)
    throw new ConfigError([
      'CUEPOINT_DELIVERY_ORIGIN is missing: the events of a delivery node are read from it.',
    ]);
  const control = await runControl(
    {
      config,
      publicUrl: config.publicUrl.replace(/\/+$/, ''),
      publicPort: config.publicPort,
      controlPort: config.controlPort,
      controlOrigin: `http://${config.controlHost}:${config.controlPort}`,
      deliveryInternalPort: 0,
      deliveryOrigin: config.deliveryOrigin,
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
