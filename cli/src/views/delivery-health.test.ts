import type { DeliveryHealth } from '@cuepoint/contract';
import { expect, it } from 'vitest';
import { exitCodeOfOutput } from '../commands/operation-commands.ts';
import { deliveryHealthView } from './delivery-health.ts';

const waiting: DeliveryHealth['nodes'][number]['ingestion'] = {
  state: 'behind',
  through: { segment: 1, offset: 50 },
  throughAt: null,
  lagRecords: 1000,
  hasMore: true,
  lagBytes: 2_000_000,
  lagSeconds: 12.34,
  failure: null,
};
const node: DeliveryHealth['nodes'][number] = {
  node: 'node-1',
  state: 'ready',
  detail: 'It answers with ads.',
  problems: ['Its events are counted 12 s late.'],
  startedAt: '2026-11-21T08:00:00.000Z',
  snapshot: { hash: 'ab'.repeat(32), builtAt: null, confirmedSeconds: 3.2, refused: 0 },
  serving: { requestsPerSecond: 4, p50Ms: 0.2, p99Ms: null, requests: 10, ads: 9, fillRate: 0.9 },
  log: {
    durableThrough: { segment: 1, offset: 900 },
    firstSegment: 1,
    segments: 1,
    keptBytes: 900,
    openBytes: 900,
    openSince: null,
    queuedBytes: 0,
    droppedRecords: 0,
    sync: 'fsync',
    commitP50Ms: 0.5,
    commitP99Ms: 2,
  },
  events: {
    acknowledged: 7,
    duplicates: 2,
    refused: 0,
    clicksUnrecorded: 0,
    invalid: [{ name: 'robot', count: 3 }],
    linksRefused: [],
  },
  budgets: { isLent: false, nodes: 3, failures: 2, answeredSeconds: 4 },
  redis: {
    kind: 'cluster',
    isHere: false,
    awaySeconds: 7.2,
    failures: 5,
    problem: 'the connection was lost',
    unwrittenExposures: 11,
    forgottenExposures: 0,
  },
  ingestion: waiting,
};

it('shows what is wrong with which node, and what nobody knows', () => {
  const answer: DeliveryHealth = {
    ok: false,
    at: '2026-11-21T09:00:00.000Z',
    nodes: [
      node,
      {
        ...node,
        node: 'node-2',
        state: 'unreachable',
        detail: 'The node cannot be reached: it does not answer.',
        problems: ['The node cannot be reached: it does not answer.'],
        startedAt: null,
        snapshot: null,
        serving: null,
        log: null,
        events: null,
        budgets: null,
        redis: null,
        ingestion: { ...waiting, state: 'unknown', lagRecords: null },
      },
    ],
  };
  const text = deliveryHealthView(answer);
  expect(text).toContain('node-1: ready. It answers with ads.\n  - Its events are counted 12 s late.');
  expect(text).toContain(
    'behind, to segment 1, offset 50; more than 1000 records wait, 2.00 MB, the oldest for 12.3 s',
  );
  expect(text).toContain('shared by 3 nodes, NOT LENT, 2 questions without an answer');
  expect(text).toContain('cluster, AWAY for 7 s, 5 questions without an answer, 11 exposures to be told');
  expect(text).toContain('3 robot');
  expect(text).toContain('fsync, p50 0.50 ms, p99 2.00 ms');
  expect(text).toContain('node-2: UNREACHABLE. The node cannot be reached: it does not answer.\n  counted');
  expect(text).toContain('unknown, to segment 1, offset 50; what waits is not known');
  expect(exitCodeOfOutput(answer)).toBe(1);
  expect(exitCodeOfOutput({ ...answer, ok: true })).toBeUndefined();
});
