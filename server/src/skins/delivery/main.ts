import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import {
  type NodeStatus,
  RESERVATION_TTL_MS,
  SNAPSHOT_NOTICE,
  TRACKING_TOKEN_TTL_MS,
} from '../../kernel/delivery-protocol.ts';
import { traced, tracer } from '../../kernel/tracing.ts';
import { ControlProxy } from './control-proxy.ts';
import { Engine } from './engine.ts';
import { Erasures } from './erasures.ts';
import { nodeHealth } from './health.ts';
import { createInternalServer } from './internal-server.ts';
import { HttpLeaseSource } from './leases/http-lease-source.ts';
import { LeaseKeeper, type LeaseState } from './leases/lease-keeper.ts';
import { DurableLog } from './log/durable-log.ts';
import { LogCare } from './log/log-care.ts';
import { diskFiles } from './log/segment-files.ts';
import { LogShipper } from './log/ship-log.ts';
import { DeliveryMetrics } from './metrics.ts';
import { redisShown, watchRedis } from './node-redis.ts';
import type { DeliveryOptions } from './options.ts';
import { createPublicServer } from './public-server.ts';
import { nodeWriter } from './shared-caps/node-writer.ts';
import { SharedCaps } from './shared-caps/shared-caps.ts';
import { SnapshotFollower } from './snapshot/follower.ts';
import type { NodeChange } from './snapshot/node-change.ts';
import { RangesFile } from './traffic/address-ranges.ts';
import { TrafficFilter } from './traffic/traffic-filter.ts';
import { GEO_HEADERS, GeoDatabase, hashOfId, IdentityKeys, ViewerReader } from './viewer/index.ts';
import { identityText } from './viewer-claim.ts';

export interface RunningDelivery {
  readonly publicPort: number;
  readonly internalPort: number;
  /** Stops taking requests, lets open ones finish, writes what is queued. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
const DEFAULT_DRAIN_MS = 5000;
/** How often a new location database or list of ranges is looked for. */
const FILE_CHECK_MS = 60_000;

/**
 * Runs a delivery node: reads its log, starts from the last good snapshot when there is one, listens, and follows the
 * control plane. Resolves when both ports are open; `/readyz` says when ads are served. Rejects when a port is taken or
 * the log cannot be opened.
 */
export async function runDelivery(options: DeliveryOptions): Promise<RunningDelivery> {
  const opened: (() => Promise<void>)[] = [];
  try {
    return await startDelivery(options, opened);
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw error;
  }
}

/** @param opened gets what closes again whatever has been opened, should the rest fail */
async function startDelivery(
  options: DeliveryOptions,
  opened: (() => Promise<void>)[],
): Promise<RunningDelivery> {
  if (options.planeKey.length < 32) throw new RangeError('planeKey has fewer than 32 characters');
  const logger = options.logger ?? pino({ name: 'delivery' });
  const { nowMs = Date.now, files = diskFiles } = options;
  const startedAtMs = nowMs();
  const metrics = new DeliveryMetrics();
  const logDir = join(options.dataDir, 'log', options.nodeId);
  const { log, tornBytes, isTornKept } = await DurableLog.open({
    dir: logDir,
    nodeId: options.nodeId,
    sync: options.sync ?? 'fsync',
    segmentBytes: options.segmentBytes ?? 64 * MIB,
    maxQueueBytes: options.maxQueueBytes ?? 8 * MIB,
    nowMs,
    files,
    onCommit: (milliseconds) => {
      metrics.countCommit(milliseconds);
      if (tracer?.samples())
        tracer
          .start('log.commit', {
            attributes: { node: options.nodeId },
            startedAtMs: Date.now() - milliseconds,
          })
          .end();
    },
    onProblem: (problem) => {
      if (problem === null) logger.info('the log takes records again');
      else logger.error({ problem }, 'the log cannot be written: ads go on, events are refused');
    },
  });
  opened.push(() => log.close());
  if (tornBytes > 0)
    logger.warn(
      { tornBytes },
      `an interrupted write was cut off the log${isTornKept ? ' and put aside' : '; the disk had no room to put it aside'}`,
    );
  const follower = new SnapshotFollower({
    controlOrigin: options.controlOrigin,
    planeKey: options.planeKey,
    dataDir: options.dataDir,
    logDir,
    onChange: (change, tag) => take(change, tag),
    onConfirmed: () => {
      confirmedAtMs = nowMs();
    },
    onProblem: (problem) => logger.warn({ problem }, 'no new snapshot; serving on with what is held'),
  });
  const bank = options.sharesBudgets
    ? new HttpLeaseSource({ controlOrigin: options.controlOrigin, planeKey: options.planeKey })
    : undefined;
  const erasures = await Erasures.open(join(logDir, 'erasures.json'));
  const { redis } = options;
  if (redis) {
    opened.push(() => redis.close());
    watchRedis(redis, logger);
  }
  const writer = redis && (await nodeWriter(logDir));
  const reservationSeconds = Math.ceil((options.reservationTtlMs ?? RESERVATION_TTL_MS) / 1000);
  const engine = new Engine(log, {
    nodeId: options.nodeId,
    erasures,
    reservationSeconds,
    tokenSeconds: Math.ceil((options.tokenTtlMs ?? TRACKING_TOKEN_TTL_MS) / 1000),
    nowMs,
    decisionSampleRate: options.decisionSampleRate ?? 1,
    sumOwnSpend: (from, to) => follower.sumOwnSpend(from, to),
    ...(bank ? { sharedBy: () => bank.nodes } : {}),
    ...(redis
      ? {
          sharedCaps: (own) =>
            new SharedCaps({
              redis,
              writer: writer!,
              reservationMs: reservationSeconds * 1000,
              nowMs,
              ...own,
            }),
        }
      : {}),
  });
  const keeper =
    bank &&
    new LeaseKeeper({
      leases: engine.counters.leased!.leases,
      source: bank,
      nowMs,
      spentSince: (position) => engine.spentSince(position),
      onProblem: (problem) => {
        if (problem === null) logger.info('the bank of budgets answers');
        else logger.warn({ problem }, 'no leases; serving on within those that are held');
      },
    });
  let isReady = false;
  let isStopping = false;
  let confirmedAtMs: number | undefined;
  let swapMs = 0;

  let held: string | undefined;
  const care = await LogCare.begin({
    log,
    erasures,
    rule: {
      after: options.logPruneAfter ?? 'ingested',
      keepBytes: options.logMaxBytes ?? 2048 * MIB,
      minFreeBytes: options.logMinFreeBytes ?? 1024 * MIB,
    },
    maxAgeMs: options.logMaxAgeMs,
    nowMs,
    ingested: () => engine.ingested,
    freeBytes: () => files.freeBytes(logDir),
    metrics,
    logger,
  });
  const take = async (change: NodeChange, tag: string) => {
    const startedAt = performance.now();
    const isFirst = !isReady;
    const swapped = { node: options.nodeId, snapshot: change.hash.slice(0, 12) };
    const { replayedRecords } = await traced('snapshot.swap', swapped, (span) => {
      span?.set({ line_items: change.body?.lineItems.length ?? 0 });
      return engine.take(change);
    });
    if (isFirst) {
      logger.info({ replayedRecords }, 'counters rebuilt from the log');
      await keeper?.start();
    }
    swapMs = performance.now() - startedAt;
    isReady = true;
    const { hash, body } = change;
    if (body) logger.info({ hash, lineItems: body.lineItems.length, swapMs }, 'snapshot in use');
    await care.prune(change.spend.verifiedThrough?.[options.nodeId]);
    // Held is what has been taken over with all that follows from it.
    held = tag;
  };
  opened.push(() => follower.stop());
  redis?.subscribe(SNAPSHOT_NOTICE, (tag) => follower.notice(tag));
  await follower.start();
  if (engine.startProblem) throw engine.startProblem;

  const places =
    options.geoDatabase === undefined
      ? undefined
      : new GeoDatabase(options.geoDatabase, {
          onProblem: (problem) => logger.error({ problem }, 'the location database cannot be used'),
          onLoaded: (info) => logger.info(info, 'location database in use'),
        });
  await places?.refresh();
  places?.watch(FILE_CHECK_MS);
  // The same on every node and after every start, so that caps hold; no plain id can be made from a hash without it.
  const keys = new IdentityKeys(`viewers ${options.planeKey}`);
  const viewers = new ViewerReader(options.trustedProxies ?? [], options.countryHeader, {
    ...(places ? { places } : {}),
    ...(options.geoHeaders ? { geoHeaders: GEO_HEADERS[options.geoHeaders] } : {}),
    keys,
  });
  const hosting =
    options.dataCenterRanges === undefined
      ? undefined
      : new RangesFile(options.dataCenterRanges, (said) => {
          if ('problem' in said) logger.error(said, 'the list of hosting ranges cannot be used');
          else logger.info(said, 'list of hosting ranges in use');
        });
  await hosting?.refresh();
  hosting?.watch(FILE_CHECK_MS);
  const traffic = new TrafficFilter(
    {
      viewers,
      hosting: () => hosting?.ranges ?? null,
      durationMs: (creativeId) => engine.state?.creatives.get(creativeId)?.durationMs,
      hasBegun: (claims) => engine.events.hasBegun(claims),
    },
    options.trafficChecks,
  );
  const proxy = new ControlProxy(options.controlOrigin, (request) => viewers.isTrusted(request));
  const onFault = (error: unknown, requestId: string) =>
    logger.error({ err: error, requestId }, 'request failed');
  const unservable = new Set<string>();
  const publicServer = createPublicServer(
    {
      engine,
      viewers,
      metrics,
      traffic,
      ...(engine.sharedCaps ? { sharedCaps: engine.sharedCaps } : {}),
      publicBaseUrl: options.publicBaseUrl.replace(/\/+$/, ''),
      mediaDir: options.mediaDir,
      proxy,
      nowMs,
      onFault,
      onUnservable: (error) => {
        if (!unservable.has(error.message))
          logger.error({ problem: error.message }, 'creative cannot be served');
        unservable.add(error.message);
      },
    },
    { isPlain: options.listener === 'plain' },
  );
  const confirmedSeconds = () => (confirmedAtMs === undefined ? null : (nowMs() - confirmedAtMs) / 1000);
  const status = (): NodeStatus => ({
    nodeId: options.nodeId,
    ready: isReady && !isStopping,
    snapshotHash: engine.state?.hash ?? null,
    snapshotTag: held ?? null,
    snapshotBuiltAt: engine.state?.builtAt ?? null,
    snapshotConfirmedSeconds: confirmedSeconds(),
    requestsPerSecond: metrics.requestsPerSecond(),
    p50Ms: metrics.quantileMs(0.5),
    p99Ms: metrics.quantileMs(0.99),
    requests: metrics.requests,
    ads: metrics.ads,
    fillRate: metrics.requests === 0 ? 0 : metrics.ads / metrics.requests,
    events: metrics.events,
    durableThrough: log.durableThrough,
    ...(keeper ? { leases: leasesShown(keeper.state) } : {}),
    ...(redis ? { redis: redisShown(redis, engine.sharedCaps, nowMs()) } : {}),
  });
  const leasesShown = ({ answeredAtMs, ...state }: LeaseState) => ({
    ...state,
    answeredSeconds: answeredAtMs === null ? null : (nowMs() - answeredAtMs) / 1000,
  });
  const internalServer = createInternalServer({
    nodeId: options.nodeId,
    planeKey: options.planeKey,
    log,
    engine,
    metrics,
    isReady: () => isReady && !isStopping,
    status,
    health: () =>
      nodeHealth({
        status: status(),
        startedAtMs,
        notReady: isStopping
          ? 'it is being stopped'
          : isReady
            ? null
            : 'it has no snapshot: the control plane has not sent one, and none is kept on its disk',
        sync: options.sync ?? 'fsync',
        logDir,
        log,
        metrics,
        snapshotsRefused: follower.refused,
      }),
    timelineRecords: (question) => follower.timelineRecords(question),
    sessionHash: (accountId, streamId) => {
      const hash = hashOfId('session', accountId, streamId, keys);
      return hash === null ? null : identityText([hash.hi, hash.lo]);
    },
    sample: (question) => follower.sampleDecisions({ ...question, through: log.durableThrough }),
    onFault,
  });
  metrics.observe({
    ready: () => isReady && !isStopping,
    snapshotAgeSeconds: () => confirmedSeconds() ?? Number.NaN,
    snapshotBuildMs: () => swapMs,
    snapshotsRefused: () => follower.refused,
    openReservations: () => engine.counters.open.openCount,
    queuedBytes: () => log.queuedBytes,
    droppedRecords: () => log.droppedRecords,
    logBatches: () => log.batches,
    durableSegment: () => log.durableThrough.segment,
    segmentAgeSeconds: () => (nowMs() - log.newestBegunAtMs) / 1000,
    oldestSegmentAgeSeconds: () =>
      care.oldestBegunAtMs === null ? Number.NaN : (nowMs() - care.oldestBegunAtMs) / 1000,
    ...(keeper ? { leases: () => leasesShown(keeper.state) } : {}),
    ...(redis ? { redis: () => redisShown(redis, engine.sharedCaps, nowMs()) } : {}),
  });

  const shipper =
    redis &&
    new LogShipper({
      log,
      nodeId: options.nodeId,
      redis,
      strip: (payload) => engine.erasures.stripText(payload),
      ingested: () => engine.ingested,
      onProblem: (error) => logger.error({ err: error }, 'records could not be read for the stream'),
    });
  if (shipper) {
    opened.push(() => shipper.stop());
    shipper.start();
  }
  const internalPort = await listen(
    internalServer,
    options.internalPort,
    options.internalHost ?? '127.0.0.1',
  );
  opened.push(() => drain(internalServer, 0));
  const publicPort = await listen(publicServer, options.publicPort, options.publicHost);
  const everySecond = setInterval(() => {
    engine.tick();
    metrics.tick();
  }, 1000);
  care.watch(() => isReady);
  logger.info({ publicPort, internalPort, nodeId: options.nodeId }, 'delivery is listening');

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= (async () => {
      isStopping = true;
      clearInterval(everySecond);
      care.stop();
      await follower.stop();
      await keeper?.stop();
      await drain(publicServer, options.drainMs ?? DEFAULT_DRAIN_MS);
      await engine.sharedCaps?.close();
      await shipper?.stop();
      await redis?.close();
      places?.close();
      hosting?.close();
      proxy.close();
      await log.close();
      await drain(internalServer, 500);
      logger.info('delivery has stopped');
    })();
    return closing;
  };
  if (options.handleSignals !== false)
    stopWithProcess(close, (error) => logger.error({ err: error }, 'stop failed'));
  return { publicPort, internalPort, close };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A server of node:http, or what stands in for one. */
type HttpListener = Server & { closeIdleConnections(): void; closeAllConnections(): void };

/** Stops accepting, closes idle connections, and cuts what is still open after `drainMs`. */
function drain(server: HttpListener, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** SIGTERM, SIGINT, or a parent that went away: stop once, then leave. */
function stopWithProcess(close: () => Promise<void>, onError: (error: unknown) => void): void {
  const stop = () => {
    close()
      .catch(onError)
      .finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // The supervisor holds an IPC channel open: when it dies, so do we.
  process.once('disconnect', stop);
}
