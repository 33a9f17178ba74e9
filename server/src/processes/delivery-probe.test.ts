import { describe, expect, it } from 'vitest';
import type { NodeStatus } from '../kernel/delivery-protocol.ts';
import { asOne } from './delivery-probe.ts';

const status = (over: Partial<NodeStatus>): NodeStatus => ({
  nodeId: 'node-1',
  ready: true,
  snapshotHash: null,
  snapshotTag: null,
  snapshotBuiltAt: null,
  snapshotConfirmedSeconds: 1,
  requestsPerSecond: 0,
  p50Ms: 0,
  p99Ms: 0,
  requests: 0,
  ads: 0,
  fillRate: 0,
  events: 0,
  durableThrough: { segment: 1, offset: 0 },
  ...over,
});

describe('several nodes as one', () => {
  const busy = {
    requests: 300,
    ads: 150,
    requestsPerSecond: 30,
    p50Ms: 0.2,
    p99Ms: 2,
    snapshotConfirmedSeconds: 4,
  };

  it('are added up, and as slow as the slowest', () => {
    const other = { requests: 100, ads: 90, requestsPerSecond: 10, p50Ms: 0.4, p99Ms: 1 };
    expect(asOne([status(busy), status(other)])).toEqual({
      ok: true,
      requestsPerSecond: 40,
      p50Ms: 0.4,
      p99Ms: 2,
      snapshotAgeMs: 4000,
      fillRate: 0.6,
    });
  });

  it('are not ok while one is away or not ready, and nothing is known of none', () => {
    expect(asOne([status(busy), null])).toMatchObject({ ok: false, requestsPerSecond: 30 });
    expect(asOne([status(busy), status({ ready: false })]).ok).toBe(false);
    expect(asOne([null])).toMatchObject({ ok: false, requestsPerSecond: null, fillRate: null });
  });

  it('say no time and no fill of a node that was never asked', () => {
    expect(asOne([status({})])).toMatchObject({ ok: true, p50Ms: null, p99Ms: null, fillRate: null });
    expect(asOne([status({ snapshotConfirmedSeconds: null })]).snapshotAgeMs).toBeNull();
  });
});
