import { countArchived, duckParquet, eraseArchived } from '#modules/events';
import { createPrivacy, httpForgettingNode } from '#modules/privacy';
import type { Clock } from './kernel/clock.ts';
import type { Ids } from './kernel/ids.ts';
import type { Database } from './platform/database/index.ts';
import type { NamedStore } from './platform/object-store/index.ts';
import type { Queue } from './platform/queue/index.ts';
import type { ControlMetrics } from './platform/telemetry/metrics.ts';
import type { Runtime } from './processes/runtime.ts';
import { hashOfId, IdentityKeys } from './skins/delivery/viewer/index.ts';
import { identityText } from './skins/delivery/viewer-claim.ts';

interface PrivacyParts {
  runtime: Runtime;
  database: Database;
  queue: Queue;
  clock: Clock;
  ids: Ids;
  metrics: ControlMetrics;
  rawEvents: NamedStore;
  /** Null where nothing is archived. */
  archiveSoon: (() => Promise<void>) | null;
  onFault(error: unknown, what: string): void;
}

/** Requests of viewers to be forgotten, joined with the nodes, the archive and the nodes' keys. */
export function composePrivacy(parts: PrivacyParts) {
  const { runtime, database, queue, clock, ids, metrics, rawEvents, archiveSoon, onFault } = parts;
  const { config, planeKey, deliveryOrigins } = runtime;
  const keys = new IdentityKeys(`viewers ${planeKey}`);
  const archive = { store: rawEvents, parquet: duckParquet() };
  return createPrivacy({
    unitOfWork: database,
    queue,
    clock,
    ids,
    hashOf(kind, accountId, viewerId) {
      const hash = hashOfId(kind, accountId, viewerId, keys);
      return hash === null ? null : identityText([hash.hi, hash.lo]);
    },
    nodes: deliveryOrigins.map((origin) => httpForgettingNode({ origin, planeKey })),
    archive: {
      count: (viewer) => countArchived(archive, viewer),
      erase: (viewer) => eraseArchived(archive, viewer),
      soon: archiveSoon,
    },
    logKeepMs: config.logKeepDays * 86_400_000,
    onFault,
    onRound: (open) => metrics.erasures(open),
  });
}
