import { join } from 'node:path';
import { allCampaigns, holdCampaigns } from '#modules/campaigns';
import { DeliveryUnavailableError, httpDeliveryNode, severalNodes } from '#modules/delivery';
import {
  createArchiveJob,
  createEvents,
  createIngester,
  createLiveTail,
  duckParquet,
  duckQuery,
  existingAccounts,
  httpLogSource,
  httpNodeHealth,
  ingesterGroup,
  type LogSource,
  streamLogSource,
} from '#modules/events';
import type { Clock } from './kernel/clock.ts';
import type { EventBus } from './kernel/event-bus.ts';
import type { RedisPort } from './kernel/redis-port.ts';
import type { Database } from './platform/database/index.ts';
import { openLocalNamedStore } from './platform/object-store/index.ts';
import type { createQueue } from './platform/queue/index.ts';
import type { Logger } from './platform/telemetry/logger.ts';
import type { ControlMetrics } from './platform/telemetry/metrics.ts';
import type { Runtime } from './processes/runtime.ts';

/** Of a question to the archive: the process that answers it serves everybody else too. */
const queryLimits = { timeLimitMs: 10_000, memoryMegabytes: 256, answerBytes: 8_000_000, waiting: 4 };

interface LogParts {
  runtime: Runtime;
  database: Database;
  queue: ReturnType<typeof createQueue>;
  clock: Clock;
  events: EventBus;
  metrics: ControlMetrics;
  log: Logger;
  /** At the end of each round of archiving, while nobody writes to the archive. */
  afterArchived(): Promise<void>;
  redis: RedisPort | null;
}

/** Everything that reads the delivery nodes and their logs: counting, checking, following, archiving. */
export function composeLogs({
  runtime,
  database,
  queue,
  clock,
  events,
  metrics,
  log,
  afterArchived,
  redis,
}: LogParts) {
  const { config, planeKey, deliveryOrigins } = runtime;
  const logs = deliveryOrigins.map((origin) => httpLogSource({ origin, planeKey }));
  const nodes = deliveryOrigins.map((origin) => httpDeliveryNode({ origin, planeKey }));
  const node = severalNodes(nodes);
  const ingestFrom = (source: LogSource) =>
    createIngester({
      database,
      source,
      clock,
      waitSeconds: 1,
      onIngested: (batch) => {
        metrics.ingested(batch.events + batch.decisions);
        for (const accountId of batch.accountIds) {
          events.publish({ type: 'events.ingested', accountId, entity: { kind: 'account', id: accountId } });
        }
      },
      onError: (error, failures) => {
        // A node that starts or restarts is away for a moment.
        if (failures === 20) log.warn({ err: error, failures }, 'events cannot be ingested');
      },
    });
  const ingester = ingesterGroup(
    logs.map((node) => ingestFrom(redis ? streamLogSource({ redis, node }) : node)),
  );
  const rawEvents = openLocalNamedStore(join(config.dataDir, 'archive'));
  const counts = createEvents({
    database,
    archive: config.eventArchive ? { store: rawEvents, query: duckQuery(queryLimits) } : null,
    logs,
    nodes: deliveryOrigins.map((origin, at) => ({
      log: logs[at]!,
      health: httpNodeHealth({ origin, planeKey }),
      lastKnownName: () => ingester.nodeIds()[at] ?? null,
    })),
    ingester: () => ingester.state().failure?.message ?? null,
    timeline: (accountId, id) =>
      node.timeline(accountId, id).catch((error: unknown) => {
        if (error instanceof DeliveryUnavailableError) return 'away' as const;
        throw error;
      }),
    campaigns: async (tx, mode) => {
      const rows = mode === 'held' ? await holdCampaigns(tx) : await allCampaigns(tx);
      return new Map(rows.map(({ id, demo }) => [id, { demo }]));
    },
  });
  const eventArchive = config.eventArchive
    ? createArchiveJob({
        queue,
        logs,
        store: rawEvents,
        parquet: duckParquet(),
        existingAccounts: (accountIds) =>
          database.withTransaction({ role: 'ingester', readOnly: true }, (tx) =>
            existingAccounts(tx, accountIds),
          ),
        clock,
        keepDays: config.eventArchiveDays,
        onGap: (name, from, to) =>
          log.error({ node: name, from, to }, 'a part of a log was pruned before it was archived'),
        onArchived: (totals) => log.debug(totals, 'logs archived'),
        afterArchived,
        identityDays: config.identityDays,
        onIdentitiesCleared: (records) => {
          metrics.identitiesCleared(records);
          log.info({ records, days: config.identityDays }, 'identities cleared from archived records');
        },
      })
    : null;
  return { tail: createLiveTail({ logs }), counts, ingester, eventArchive, rawEvents, nodes, node };
}
