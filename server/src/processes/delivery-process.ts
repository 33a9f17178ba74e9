import { join } from 'node:path';
import { createLogger } from '../platform/telemetry/logger.ts';
import { runDelivery } from '../skins/delivery/main.ts';
import { receiveRuntime } from './runtime.ts';

/** The delivery plane as a child of `cuepoint start`. */
const runtime = await receiveRuntime();
const running = await runDelivery(deliveryOptions(runtime));
process.send?.({
  ready: true,
  details: { publicPort: running.publicPort, internalPort: running.internalPort },
});

function deliveryOptions({ config, ...runtime_ }: Awaited<ReturnType<typeof receiveRuntime>>) {
  return {
    publicHost: config.publicHost,
    publicPort: runtime_.publicPort,
    internalPort: runtime_.deliveryInternalPort,
    controlOrigin: runtime_.controlOrigin,
    dataDir: config.dataDir,
    mediaDir: join(config.dataDir, 'files'),
    planeKey: runtime_.planeKey,
    nodeId: config.nodeId,
    publicBaseUrl: runtime_.publicUrl,
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
    logger: createLogger('delivery', config.logLevel),
  };
}
