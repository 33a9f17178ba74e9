import type { DeliveryNodeHealth, IngestionHealth } from '@cuepoint/contract';
import type { LogPosition, NodeHealth } from '../../../kernel/delivery-protocol.ts';
import { comparePositions } from './positions.ts';

/** A snapshot that nobody confirmed for so long may hold what was changed or paused since. */
const STALE_SECONDS = 60;
/** Records that wait no longer than this are on their way. */
const WAITING_SECONDS = 10;

/** What the ingester has stored, what waits at the node, and why it does not go on. */
export interface Ingestion {
  through: LogPosition | null;
  throughAt: string | null;
  /** Records from `through` on, or null when the node did not say. */
  waiting: { records: number; hasMore: boolean; oldestAt: string | null } | null;
  failure: string | null;
}

/** How far a log is counted. `node` is what the node says of its log; null when it says nothing. */
export function ingestionHealth(
  { through, throughAt, waiting, failure }: Ingestion,
  node: NodeHealth | null,
  now: Date,
): IngestionHealth {
  const lagSeconds =
    waiting === null
      ? null
      : waiting.oldestAt === null
        ? 0
        : Math.max(0, (now.getTime() - Date.parse(waiting.oldestAt)) / 1000);
  const state =
    failure !== null
      ? 'failing'
      : lagSeconds === null
        ? 'unknown'
        : lagSeconds > WAITING_SECONDS
          ? 'behind'
          : 'current';
  return {
    state,
    through,
    throughAt,
    lagRecords: waiting?.records ?? null,
    hasMore: waiting?.hasMore ?? false,
    lagBytes: node === null ? null : bytesBehind(node, through),
    lagSeconds,
    failure,
  };
}

/** Bytes of the kept log from a position to what is durable; all that is kept when nothing was counted. */
export function bytesBehind({ status, log }: NodeHealth, through: LogPosition | null): number | null {
  const end = status.durableThrough;
  const first = log.segments[0]?.segment ?? end.segment;
  const from = through ?? { segment: first, offset: 0 };
  if (comparePositions(from, end) >= 0) return 0;
  if (from.segment < first) return null;
  let bytes = 0;
  for (const one of log.segments) {
    if (one.segment < from.segment || one.segment > end.segment) continue;
    // The newest file may hold more than is durable.
    const size = one.segment === end.segment ? end.offset : one.bytes;
    bytes += one.segment === from.segment ? Math.max(0, size - from.offset) : size;
  }
  return bytes;
}

/** A node that answers, judged. */
export function healthOf(node: NodeHealth, ingestion: IngestionHealth): DeliveryNodeHealth {
  const { status, log, events } = node;
  const { leases, redis } = status;
  const served = status.requests > 0;
  const problems = problemsOf(node, ingestion);
  return {
    node: status.nodeId,
    state: status.ready ? 'ready' : 'not_ready',
    detail: status.ready
      ? 'It answers with ads.'
      : `It answers without ads: ${node.notReady ?? 'it does not say why'}.`,
    problems,
    startedAt: node.startedAt,
    snapshot: {
      hash: status.snapshotHash,
      builtAt: status.snapshotBuiltAt,
      confirmedSeconds: status.snapshotConfirmedSeconds,
      refused: node.snapshotsRefused,
    },
    serving: {
      requestsPerSecond: status.requestsPerSecond,
      p50Ms: status.p50Ms > 0 ? status.p50Ms : null,
      p99Ms: status.p99Ms > 0 ? status.p99Ms : null,
      requests: status.requests,
      ads: status.ads,
      fillRate: served ? status.fillRate : null,
    },
    log: {
      durableThrough: status.durableThrough,
      firstSegment: log.segments[0]?.segment ?? null,
      segments: log.segments.length,
      keptBytes: log.segments.reduce((sum, { bytes }) => sum + bytes, 0),
      openBytes: status.durableThrough.offset,
      openSince: log.segmentCreatedAt,
      queuedBytes: log.queuedBytes,
      droppedRecords: log.droppedRecords,
      sync: node.sync,
      commitP50Ms: log.commitP50Ms,
      commitP99Ms: log.commitP99Ms,
    },
    events: {
      acknowledged: status.events,
      duplicates: events.duplicates,
      refused: events.refused,
      clicksUnrecorded: events.clicksUnrecorded,
      invalid: named(events.invalid),
      linksRefused: named(events.linksRefused),
    },
    budgets: leases
      ? {
          isLent: leases.isOpen,
          nodes: leases.nodes,
          failures: leases.failures,
          answeredSeconds: leases.answeredSeconds,
        }
      : null,
    redis: redis ? { ...redis } : null,
    ingestion,
  };
}

function problemsOf(node: NodeHealth, ingestion: IngestionHealth): string[] {
  const { status, log, events } = node;
  const { leases, redis } = status;
  const confirmed = status.snapshotConfirmedSeconds;
  return [
    ...(status.ready ? [] : [`It is not ready: ${node.notReady ?? 'it does not say why'}.`]),
    ...ingestionProblems(ingestion),
    ...(confirmed === null
      ? ['No control plane has confirmed its snapshot since it started: it may serve what was changed since.']
      : confirmed > STALE_SECONDS
        ? [
            `Its snapshot was last confirmed ${Math.round(confirmed)} s ago: it may serve what was changed since.`,
          ]
        : []),
    ...(events.refused > 0
      ? [`${events.refused} events were refused since it started: its log could not keep them.`]
      : []),
    ...(log.droppedRecords > 0
      ? [`${log.droppedRecords} records were dropped since it started: the disk is full, slow or failing.`]
      : []),
    ...(events.clicksUnrecorded > 0
      ? [`${events.clicksUnrecorded} clicks were sent on without a record since it started.`]
      : []),
    ...(leases && leases.problem !== null
      ? [
          `${leases.isOpen ? 'It serves on within what it was lent of budgets' : 'It is lent nothing of any budget'}: ${leases.problem}.`,
        ]
      : []),
    ...(redis && !redis.isHere
      ? [
          `It counts frequency caps by itself since ${Math.round(redis.awaySeconds ?? 0)} s, because Redis is away: ${redis.problem ?? 'it does not say why'}.`,
        ]
      : []),
    ...(redis && redis.forgottenExposures > 0
      ? [
          `${redis.forgottenExposures} exposures are known to this node alone since it started: too many came while Redis was away.`,
        ]
      : []),
    ...(node.snapshotsRefused > 0
      ? [`${node.snapshotsRefused} snapshots were refused since it started: they could not be read.`]
      : []),
  ];
}

/** What is wrong with the counting of a log. */
export function ingestionProblems({ state, failure, lagSeconds }: IngestionHealth): string[] {
  if (state === 'failing') return [`Its events are not counted: ${failure}.`];
  if (state === 'behind') return [`Its events are counted ${Math.round(lagSeconds ?? 0)} s late.`];
  return [];
}

/** A node of which nothing is known but what was counted of it. */
export function silentNode(
  node: string | null,
  state: 'unreachable' | 'unknown',
  detail: string,
  ingestion: IngestionHealth,
): DeliveryNodeHealth {
  return {
    node,
    state,
    detail,
    problems: [detail, ...ingestionProblems(ingestion)],
    startedAt: null,
    snapshot: null,
    serving: null,
    log: null,
    events: null,
    budgets: null,
    redis: null,
    ingestion,
  };
}

function named(counts: Readonly<Record<string, number>>): { name: string; count: number }[] {
  return Object.entries(counts)
    .map(([name, count]) => ({ name, count }))
    .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}
