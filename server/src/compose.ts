import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { MediaTools } from '@cuepoint/media';
import type { FastifyInstance } from 'fastify';
import { argon2Passwords, createAccounts, pipelineStore } from '#modules/accounts';
import { registerBackupRoutes, verifiedPositions } from '#modules/backup';
import { createBilling } from '#modules/billing';
import { createLeaseBank, PotTermsBook, registerLeaseRoute } from '#modules/budgets';
import { createCampaigns, isCampaignNameTaken, lineItemsForServing } from '#modules/campaigns';
import { createCreatives } from '#modules/creatives';
import {
  createExplainHours,
  createSnapshotSource,
  debugTokenOperations,
  explainOperations,
  fileSnapshotArchive,
  KnownSnapshots,
  lossHistoryOperation,
  registerSnapshotRoute,
} from '#modules/delivery';
import { createDemo } from '#modules/demo';
import {
  flightSpendBetween,
  hasDelivered,
  ingestedSpend,
  type LiveTail,
  spendByNode,
  spendInAll,
  spendOfNode,
} from '#modules/events';
import { addStartingCatalogue, createGovernance } from '#modules/governance';
import { createInventory, placementNames } from '#modules/inventory';
import {
  deliveredByCampaign,
  deliveredByFlight,
  deliveredByLineItem,
  lineItemPace,
} from '#modules/reporting';
import { createStudio } from '#modules/studio';
import { createSupply } from '#modules/supply';
import { createSystem } from '#modules/system';
import { createTrafficking, deploymentsForReport, hasDeployments } from '#modules/trafficking';
import { lossHistoryPorts } from './compose-history.ts';
import { composeLogs } from './compose-logs.ts';
import { choosePlatforms } from './compose-platforms.ts';
import { composePrivacy } from './compose-privacy.ts';
import { composeReports } from './compose-reports.ts';
import { systemClock } from './kernel/clock.ts';
import { RESERVATION_TTL_MS, SNAPSHOT_NOTICE } from './kernel/delivery-protocol.ts';
import { createEventBus, type EventBus } from './kernel/event-bus.ts';
import { createIds } from './kernel/ids.ts';
import type { HandlerContext } from './kernel/implement.ts';
import { createPipeline, type Pipeline } from './kernel/pipeline.ts';
import { anonymous, type Principal, systemPrincipal } from './kernel/principal.ts';
import type { RedisPort } from './kernel/redis-port.ts';
import { locateMediaTools } from './media-tools.ts';
import type { Database } from './platform/database/index.ts';
import { createHttpClient } from './platform/http-client/index.ts';
import { loadKeyRing } from './platform/keys/key-ring.ts';
import { createFileLinks, openLocalStore, registerFileLinks } from './platform/object-store/index.ts';
import { createQueue } from './platform/queue/index.ts';
import type { Logger } from './platform/telemetry/logger.ts';
import type { ControlMetrics } from './platform/telemetry/metrics.ts';
import { createDeliveryProbe } from './processes/delivery-probe.ts';
import type { Runtime } from './processes/runtime.ts';
import { productVersion } from './product-version.ts';
import { createLocalCaller } from './skins/local/caller.ts';
import type { Credentials } from './skins/rest/server.ts';

export interface ComposeOptions {
  runtime: Runtime;
  database: Database;
  log: Logger;
  metrics: ControlMetrics;
  /** Absent or null where every node counts for itself. */
  redis?: RedisPort | null;
  /** Of the data directory's lock: the command line on this machine. */
  localToken: string | null;
}

export interface ControlPlane {
  pipeline: Pipeline;
  events: EventBus;
  /** Records of the delivery nodes as they become durable. */
  tail: LiveTail;
  authenticate(credentials: Credentials): Promise<Principal>;
  newRequestId(): string;
  /** Routes that are no operations: signed files, snapshots for delivery nodes. */
  extend(app: FastifyInstance): void;
  /** First account, reference data, queues, first snapshot. */
  prepare(): Promise<void>;
  /** Workers, ingestion, sweeps. */
  work(): Promise<void>;
  ready(): Promise<{ ready: boolean; checks: Record<string, string> }>;
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;
/** Joins every module with its adapters. The only file that knows them all. */
export async function composeControl(options: ComposeOptions): Promise<ControlPlane> {
  const { runtime, database, log, metrics, redis, localToken } = options;
  const { config } = runtime;
  const clock = systemClock;
  const ids = createIds(clock, randomBytes);
  const keys = loadKeyRing(config.dataDir);
  const events = createEventBus((error) => log.error({ err: error }, 'a listener of events failed'));
  const onFault = (error: unknown, what: string) => log.error({ err: error }, what);
  const queue = createQueue({
    database,
    onError: (error) => log.error({ err: error }, 'job queue'),
    onAttemptFailed: (job, error) => {
      // A stop gives running jobs back; they go on after the next start.
      if (job.signal.aborted) {
        log.info({ queue: job.queue, job: job.id }, 'a job was given back');
        return;
      }
      metrics.attemptFailed(job.queue);
      log.warn(
        { queue: job.queue, job: job.id, attempt: job.attempt, err: error },
        'an attempt of a job failed',
      );
    },
  });
  const workDir = join(config.dataDir, 'work');
  const files = await openLocalStore(join(config.dataDir, 'files'));
  const links = createFileLinks({ key: Buffer.from(keys.links, 'base64url'), clock });
  let located: Promise<MediaTools> | null = null;
  const tools = (): Promise<MediaTools> => {
    located ??= locateMediaTools(config).catch((error: unknown) => {
      // Asked again next time: somebody may install what is missing.
      located = null;
      throw error;
    });
    return located;
  };
  const sandboxHost = runtime.sandbox ? new URL(runtime.sandbox.address).host : null;
  const http = createHttpClient({
    userAgent: `Cuepoint/${productVersion}`,
    // The stand-ins live on this machine; every other private address is refused.
    ...(sandboxHost ? { allowPrivate: [sandboxHost] } : {}),
  });
  const platforms = choosePlatforms(runtime, http, clock);

  const inventory = createInventory({ ids, random: randomBytes, clock, publicUrl: runtime.publicUrl });
  const accounts = createAccounts({
    unitOfWork: database,
    clock,
    ids,
    random: randomBytes,
    passwords: argon2Passwords,
    publicUrl: runtime.publicUrl,
    onAccountCreated: async (tx, accountId) => {
      await addStartingCatalogue(tx, accountId, ids, clock.now());
      await inventory.ensureDefaultInventory(tx, accountId);
    },
  });
  const governance = createGovernance({ ids, isCampaignNameTaken });
  const creatives = createCreatives({
    unitOfWork: database,
    queue,
    events,
    clock,
    ids,
    files,
    links,
    tools,
    workDir,
    publicUrl: runtime.publicUrl,
    maxUploadBytes: config.maxUploadMegabytes * 1_000_000,
    maxVideoMs: config.maxVideoSeconds * 1000,
    defaultPlacementKey: inventory.defaultPlacementKey,
    hasHistory: async (tx, creativeId) =>
      (await hasDeployments(tx, creativeId)) || (await hasDelivered(tx, creativeId)),
    recordAudit: pipelineStore.writeAudit,
    onFault,
  });
  const campaigns = createCampaigns({
    ids,
    deliveredByCampaign,
    deliveredByLineItem,
    deliveredByFlight,
    creativesOfCampaigns: creatives.creativesOfCampaigns,
    creativeCounts: creatives.creativeCounts,
  });
  const handlerOf = (id: string) => {
    const binding = [...governance.operations, ...campaigns.operations].find(
      (one) => one.operation.id === id,
    );
    if (!binding) throw new Error(`no operation ${id} to build on`);
    return async (input: Record<string, unknown>, context: HandlerContext) =>
      binding.handle(input, context, undefined);
  };
  const studio = createStudio({
    unitOfWork: database,
    queue,
    events,
    clock,
    ids,
    generator: platforms.generator,
    generatorSimulated: platforms.generatorSimulated,
    tools,
    workDir,
    addGeneratedCreative: creatives.addGeneratedCreative,
    creativeState: creatives.creativeState,
    createBrand: handlerOf('governance.createBrand'),
    createCampaign: handlerOf('campaigns.createCampaign'),
    onFault,
  });
  const supply = createSupply({ clock });
  const trafficking = createTrafficking({
    unitOfWork: database,
    queue,
    clock,
    ids,
    random: Math.random,
    events,
    platforms: platforms.dsps,
    creativeForTrafficking: async (tx, creativeId) => {
      const creative = await creatives.creativeForTrafficking(tx, creativeId);
      return creative && { ...creative, file: creative.file && { vastUrl: creative.vastTagUrl } };
    },
    markTrafficked: async (tx, creativeId, { now, reason }) => {
      const move = await creatives.markTrafficked(tx, { creativeId, at: now, reason: reason ?? '' });
      return move && { moved: true, ...move };
    },
    recordAudit: pipelineStore.writeAudit,
  });
  const { planeKey } = runtime;
  const { tail, counts, ingester, eventArchive, rawEvents, nodes, node } = composeLogs({
    runtime,
    database,
    queue,
    clock,
    events,
    metrics,
    log,
    afterArchived: () => privacy.jobs.eraseArchived(),
    redis: redis ?? null,
  });
  const privacy = composePrivacy({
    runtime,
    database,
    queue,
    clock,
    ids,
    metrics,
    rawEvents,
    archiveSoon: eventArchive?.soon ?? null,
    onFault,
  });
  const archive = fileSnapshotArchive(
    join(config.dataDir, 'snapshots'),
    config.snapshotRetentionDays * 86_400_000,
  );
  const signingKeys = { signingKeys: async () => keys.tracking };
  let terms: PotTermsBook | null = null;
  const bank = createLeaseBank({
    database,
    terms: () => terms,
    spend: { spendByNode, spendOfNode, spendInAll, flightSpendBetween },
    nowMs: () => clock.now().getTime(),
    leaseMs: config.budgetLeaseSeconds * 1000,
    reservationMs: RESERVATION_TTL_MS,
  });
  const snapshots = createSnapshotSource({
    database,
    clock,
    keys: signingKeys,
    lineItems: { lineItemsForServing },
    creatives: creatives.servingSource,
    spend: {
      ingestedSpend: async (tx, lineItemIds) => ({
        ...(await ingestedSpend(tx, lineItemIds)),
        verifiedThrough: await verifiedPositions(tx),
      }),
    },
    archive,
    tcfVendorId: config.tcfVendorId,
    onBody: (body) => {
      if (config.budgetLeases === 'on') terms = new PotTermsBook(body);
    },
    onSnapshot: (tag) => void redis?.ask((commands) => commands.publish(SNAPSHOT_NOTICE, tag)),
    onError: (error) =>
      log.error({ err: error }, 'the snapshot cannot be built or kept; the last good one stays'),
    onProblems: (problems) => log.warn({ problems }, 'rows left out of the snapshot'),
  });
  // Another control plane was told of the change: nodes that ask this one shall have it as soon.
  redis?.subscribe(SNAPSHOT_NOTICE, (tag) => {
    if (snapshots.current()?.tag !== tag) snapshots.markDirty();
  });
  const affectsServing = new Set([
    'campaign.changed',
    'line_item.changed',
    'creative.changed',
    'demo.changed',
    'governance.changed',
    'inventory.changed',
  ]);
  events.subscribe((event) => {
    if (affectsServing.has(event.type)) snapshots.markDirty();
  });
  const { reporting, schedules } = composeReports(
    {
      runtime,
      database,
      queue,
      clock,
      events,
      signingKey: Buffer.from(keys.links, 'base64url'),
    },
    {
      ids,
      creativesForReport: creatives.creativesForReport,
      creativeNames: creatives.creativeNames,
      placementNames,
      deploymentsForReport,
      freshAt: () => ingester.state().freshAt,
    },
  );
  const billing = createBilling({
    ids,
    now: () => clock.now().getTime(),
    freshAt: () => ingester.state().freshAt,
    verify: counts.verify,
  });
  const knownSnapshots = new KnownSnapshots(archive);
  const explainHours = createExplainHours({
    database,
    nodes,
    // Of its own: what people ask about stays prepared.
    snapshots: new KnownSnapshots(archive),
    now: () => clock.now(),
    retentionMs: config.snapshotRetentionDays * 86_400_000,
  });
  const lossHistory = lossHistoryOperation(lossHistoryPorts(creatives.creativesOfCampaigns));
  const explanations = explainOperations({
    node,
    snapshots: knownSnapshots,
    now: () => clock.now(),
    randomSeed: () => randomBytes(4).readUInt32LE(0),
    lineItemPace,
  });
  const debugTokens = debugTokenOperations({
    keys: signingKeys,
    publicUrl: runtime.publicUrl,
    defaultPlacementKey: inventory.defaultPlacementKey,
  });
  const probe = createDeliveryProbe(runtime.deliveryOrigins, planeKey);
  const demo = createDemo({
    unitOfWork: database,
    clock,
    queue,
    callerFor: (accountId) => createLocalCaller(pipeline, ids, systemPrincipal(accountId, 'demo')),
    removeDemoCreatives: creatives.removeDemoCreatives,
    defaultPlacementId: inventory.defaultPlacementId,
    changed: (accountId) =>
      events.publish({ type: 'demo.changed', accountId, entity: { kind: 'account', id: accountId } }),
  });
  const system = createSystem({
    version: productVersion,
    publicUrl: runtime.publicUrl,
    database: async () => ({ kind: database.kind, ok: true, migrations: await migrationCount(database) }),
    delivery: probe.status,
    ingestion: () => {
      const { freshAt } = ingester.state();
      return {
        lagMs: freshAt ? Math.max(0, clock.now().getTime() - freshAt.getTime()) : null,
        freshAt: freshAt?.toISOString() ?? null,
      };
    },
    queues: async () =>
      (await queue.stats()).map((stats) => ({
        name: stats.queue,
        waiting: stats.waiting + stats.delayed,
        active: stats.active,
        failed: stats.dead,
      })),
    simulatedPlatforms: platforms.simulated,
    demo,
  });

  metrics.watch({
    ingestAgeSeconds: () => {
      const { freshAt } = ingester.state();
      return freshAt === null ? Number.NaN : (clock.now().getTime() - freshAt.getTime()) / 1000;
    },
    ingestFailures: () => ingester.state().failure?.failures ?? 0,
    ingestDuplicates: () => ingester.state().duplicates,
    liveTails: () => tail.size,
    queues: async () =>
      (await queue.stats()).flatMap(({ queue: name, waiting, delayed, active, dead }) =>
        Object.entries({ waiting: waiting + delayed, active, failed: dead }).map(([state, count]) => ({
          queue: name,
          state,
          count,
        })),
      ),
  });
  const pipeline = createPipeline(
    [
      ...accounts.operations,
      ...governance.operations,
      ...campaigns.operations,
      ...creatives.operations,
      ...studio.operations,
      ...trafficking.operations,
      ...supply.operations,
      ...explanations,
      lossHistory,
      ...debugTokens,
      ...reporting.operations,
      ...schedules.operations,
      ...counts.operations,
      ...billing.operations,
      ...inventory.operations,
      ...privacy.operations,
      ...system.operations,
    ],
    {
      unitOfWork: database,
      store: pipelineStore,
      clock,
      ids,
      events,
      // Keyed: inputs may hold what nobody must find by trying, such as the id of a viewer.
      hash: (text) => createHmac('sha256', `inputs ${keys.links}`).update(text).digest('hex'),
      onFault: (error, call, operation) =>
        log.error({ err: error, requestId: call.requestId, operation }, 'an operation failed'),
      onCall: (measure) => metrics.call(measure),
    },
  );

  let sweeper: NodeJS.Timeout | null = null;
  const sweep = async () => {
    await studio.sweep();
    await creatives.sweep();
    await bank.sweep();
    await schedules.sweep();
  };

  return {
    pipeline,
    events,
    tail,
    newRequestId: () => ids.request(),
    async authenticate({ session, bearer }) {
      if (bearer !== null) {
        if (localToken !== null && sameText(bearer, localToken)) return accounts.service.localPrincipal();
        return accounts.authenticator.byApiKey(bearer);
      }
      return session === null ? anonymous : accounts.authenticator.bySession(session);
    },
    extend(app) {
      registerFileLinks(app, { store: files, links });
      registerSnapshotRoute(app, snapshots, runtime.planeKey);
      registerLeaseRoute(app, bank, runtime.planeKey);
      if (localToken !== null)
        registerBackupRoutes(app, {
          database,
          token: localToken,
          now: () => clock.now(),
          onError: (error) => onFault(error, 'a backup could not read the database'),
        });
    },
    async prepare() {
      await queue.start();
      await studio.createQueues();
      await creatives.createQueues();
      await trafficking.prepareQueues(queue);
      await demo.createQueues();
      await schedules.createQueues();
      await eventArchive?.createQueues();
      await privacy.jobs.createQueues();
      await supply.loadReferenceData(database);
      await creatives.loadReferenceData();
      const first = await accounts.service.ensureFirstAccount({
        name: config.accountName,
        email: config.adminEmail,
      });
      if (first.created && config.demoData) await demo.loadFor(first.accountId);
      await snapshots.start();
    },
    async work() {
      await Promise.all([
        studio.work(),
        creatives.work(),
        trafficking.registerJobs(queue),
        demo.work(),
        schedules.work(),
      ]);
      ingester.start();
      await eventArchive?.work();
      await privacy.jobs.work();
      await sweep();
      // Beside the sweep and not before it: explaining takes its time, and nothing waits for it.
      const explainPast = () =>
        void explainHours
          .run()
          .catch((error: unknown) => onFault(error, 'past hours could not be explained'));
      explainPast();
      sweeper = setInterval(() => {
        sweep().catch((error: unknown) => onFault(error, 'a sweep failed'));
        explainPast();
      }, sweepEveryMs);
    },
    async ready() {
      const checks: Record<string, string> = {};
      const check = async (name: string, test: () => Promise<boolean>) => {
        checks[name] = await test().then(
          (ok) => (ok ? 'ok' : 'not ready'),
          () => 'not answering',
        );
      };
      await check('database', async () => (await database.ping()) >= 0);
      await check('snapshot', async () => snapshots.current() !== null);
      return { ready: Object.values(checks).every((state) => state === 'ok'), checks };
    },
    async close() {
      if (sweeper) clearInterval(sweeper);
      await explainHours.stop();
      await tail.stop();
      await ingester.stop();
      await snapshots.stop();
      await queue.stop({ graceful: true, timeLimitMs: 8_000 });
    },
  };
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

async function migrationCount(database: Database): Promise<number> {
  const { rows } = await database.ownerQuery('SELECT count(*)::int AS n FROM cuepoint.migrations');
  return Number(rows[0]?.n ?? 0);
}
