import { describe, expect, it } from 'vitest';
import type { NodeHealth } from '../../../kernel/delivery-protocol.ts';
import { bytesBehind, healthOf, type Ingestion, ingestionHealth, silentNode } from './node-health.ts';

const now = new Date('2026-11-21T09:00:00.000Z');
const node: NodeHealth = {
  status: {
    nodeId: 'node-1',
    ready: true,
    snapshotHash: 'a'.repeat(64),
    snapshotTag: 'tag',
    snapshotBuiltAt: '2026-11-21T08:59:00.000Z',
    snapshotConfirmedSeconds: 2,
    requestsPerSecond: 12,
    p50Ms: 0.2,
    p99Ms: 1.5,
    requests: 100,
    ads: 90,
    fillRate: 0.9,
    events: 500,
    durableThrough: { segment: 4, offset: 700 },
  },
  startedAt: '2026-11-21T08:00:00.000Z',
  notReady: null,
  sync: 'fsync',
  log: {
    segments: [
      { segment: 2, bytes: 1000 },
      { segment: 3, bytes: 900 },
      { segment: 4, bytes: 800 },
    ],
    segmentCreatedAt: '2026-11-21T08:58:00.000Z',
    queuedBytes: 0,
    droppedRecords: 0,
    commits: 40,
    commitP50Ms: 0.8,
    commitP99Ms: null,
  },
  events: {
    duplicates: 3,
    refused: 0,
    clicksUnrecorded: 0,
    invalid: { robot: 2, prefetch: 5 },
    linksRefused: {},
  },
  snapshotsRefused: 0,
};
const counted: Ingestion = {
  through: { segment: 4, offset: 700 },
  throughAt: '2026-11-21T08:59:59.000Z',
  waiting: { records: 0, hasMore: false, oldestAt: null },
  failure: null,
};
const judged = (of: Partial<NodeHealth>, ingestion: Partial<Ingestion> = {}) => {
  const one = { ...node, ...of };
  return healthOf(one, ingestionHealth({ ...counted, ...ingestion }, one, now));
};

const shared = {
  kind: 'cluster' as const,
  isHere: true,
  awaySeconds: null,
  failures: 0,
  problem: null,
  unwrittenExposures: 0,
  forgottenExposures: 0,
};
const lent = { isOpen: true, answeredSeconds: 2, failures: 0, problem: null, nodes: 3 };

describe('the health of a node', () => {
  it('has no problems when there are none', () => {
    const health = judged({});
    expect(health).toMatchObject({
      state: 'ready',
      problems: [],
      ingestion: { state: 'current', lagRecords: 0, lagBytes: 0, lagSeconds: 0 },
      events: {
        invalid: [
          { name: 'prefetch', count: 5 },
          { name: 'robot', count: 2 },
        ],
      },
      log: { keptBytes: 2700, openBytes: 700, commitP99Ms: null },
    });
  });

  it.each<[string, Partial<NodeHealth>, Partial<Ingestion>, RegExp]>([
    [
      'not ready, and why',
      { status: { ...node.status, ready: false }, notReady: 'it has no snapshot' },
      {},
      /^It is not ready: it has no snapshot\.$/,
    ],
    [
      'a stale snapshot',
      { status: { ...node.status, snapshotConfirmedSeconds: 61 } },
      {},
      /last confirmed 61 s ago/,
    ],
    [
      'a snapshot nobody confirmed',
      { status: { ...node.status, snapshotConfirmedSeconds: null } },
      {},
      /No control plane/,
    ],
    ['refused events', { events: { ...node.events, refused: 4 } }, {}, /^4 events were refused/],
    ['dropped records', { log: { ...node.log, droppedRecords: 9 } }, {}, /^9 records were dropped/],
    ['unrecorded clicks', { events: { ...node.events, clicksUnrecorded: 1 } }, {}, /^1 clicks/],
    [
      'a bank of budgets that is away',
      { status: { ...node.status, leases: { ...lent, problem: 'connect ECONNREFUSED' } } },
      {},
      /^It serves on within what it was lent of budgets: connect ECONNREFUSED\.$/,
    ],
    [
      'no budget lent at all',
      { status: { ...node.status, leases: { ...lent, isOpen: false, problem: 'timed out' } } },
      {},
      /^It is lent nothing of any budget: timed out\.$/,
    ],
    [
      'a Redis that is away',
      {
        status: {
          ...node.status,
          redis: { ...shared, isHere: false, awaySeconds: 7.4, problem: 'timed out' },
        },
      },
      {},
      /^It counts frequency caps by itself since 7 s, because Redis is away: timed out\.$/,
    ],
    [
      'exposures that nobody else knows',
      { status: { ...node.status, redis: { ...shared, forgottenExposures: 3 } } },
      {},
      /^3 exposures are known to this node alone/,
    ],
    ['refused snapshots', { snapshotsRefused: 2 }, {}, /^2 snapshots/],
    [
      'an ingester that cannot go on',
      {},
      { failure: 'the database is away' },
      /not counted: the database is away/,
    ],
    [
      'records that wait',
      {},
      { waiting: { records: 7, hasMore: false, oldestAt: '2026-11-21T08:59:30.000Z' } },
      /counted 30 s late/,
    ],
  ])('says what is wrong: %s', (_what, of, ingestion, problem) => {
    const { problems } = judged(of, ingestion);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it('shows how budgets are shared, where they are', () => {
    const status = { ...node.status, leases: lent };
    expect(judged({ status })).toMatchObject({
      problems: [],
      budgets: { isLent: true, nodes: 3, failures: 0, answeredSeconds: 2 },
    });
    expect(judged({}).budgets).toBeNull();
    expect(judged({ status: { ...node.status, redis: shared } })).toMatchObject({
      problems: [],
      redis: shared,
    });
    expect(judged({}).redis).toBeNull();
  });

  it('is never good when nothing is known', () => {
    const silent = silentNode(
      'node-2',
      'unreachable',
      'It is away.',
      ingestionHealth({ ...counted, waiting: null }, null, now),
    );
    expect(silent).toMatchObject({
      snapshot: null,
      serving: null,
      log: null,
      events: null,
      problems: ['It is away.'],
    });
    expect(silent.ingestion).toMatchObject({
      state: 'unknown',
      lagRecords: null,
      lagBytes: null,
      lagSeconds: null,
    });
  });

  it('counts what waits in bytes over segments, and not at all where the log is pruned', () => {
    expect(bytesBehind(node, { segment: 4, offset: 700 })).toBe(0);
    expect(bytesBehind(node, { segment: 4, offset: 100 })).toBe(600);
    expect(bytesBehind(node, { segment: 2, offset: 900 })).toBe(100 + 900 + 700);
    expect(bytesBehind(node, null)).toBe(1000 + 900 + 700);
    expect(bytesBehind(node, { segment: 1, offset: 0 })).toBeNull();
  });
});
