import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { DeliveryOptions } from '../skins/delivery/options.ts';
import { openRedis } from './open-redis.ts';

/** What a delivery node is told of the settings, however it was started. */
export function nodeSettings(config: Config) {
  return {
    publicHost: config.publicHost,
    internalHost: config.deliveryInternalHost,
    dataDir: config.dataDir,
    mediaDir: join(config.dataDir, 'files'),
    nodeId: config.nodeId,
    listener: config.deliveryListener,
    sync: config.eventDurability,
    logPruneAfter: config.logPruneAfter,
    logMaxBytes: config.logKeepMegabytes * 2 ** 20,
    logMaxAgeMs: config.logKeepDays * 86_400_000,
    logMinFreeBytes: config.logMinFreeMegabytes * 2 ** 20,
    sharesBudgets: config.budgetLeases === 'on',
    decisionSampleRate: config.decisionSampleRate,
    ...(config.trustedProxies ? { trustedProxies: config.trustedProxies } : {}),
    ...(config.countryHeader ? { countryHeader: config.countryHeader } : {}),
    ...(config.geoHeaders === 'none' ? {} : { geoHeaders: config.geoHeaders }),
    ...(config.geoDatabase ? { geoDatabase: config.geoDatabase } : {}),
    trafficChecks: config.trafficChecks,
    ...(config.dataCenterRanges ? { dataCenterRanges: config.dataCenterRanges } : {}),
  } satisfies Partial<DeliveryOptions>;
}

/** The node's own connection to Redis, where there is one. */
export function nodeRedis(config: Config): Promise<Pick<DeliveryOptions, 'redis'>> {
  return openRedis(config, `cuepoint-delivery-${config.nodeId}`).then((redis) => (redis ? { redis } : {}));
}
