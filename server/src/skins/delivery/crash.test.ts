import { mkdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventRecord } from '../../kernel/delivery-protocol.ts';
import { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { call, postJson, until } from './testing/call.ts';
import { startFakeControl } from './testing/fake-control.ts';
import { sampleLineItem, sampleSnapshot } from './testing/sample-snapshot.ts';
import { type ChildNode, forkNode, nodeOptions } from './testing/start-node.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const ROUNDS = 3;

describe('kill -9 under load', () => {
  it(`loses nothing it acknowledged and never overspends, ${ROUNDS} rounds on one log`, async () => {
    const control = await startFakeControl();
    closers.push(() => control.close());
    const impressions = 2000;
    control.publish(
      sampleSnapshot({
        lineItems: [
          sampleLineItem({
            id: 'li_1',
            budgetMicros: impressions * 20_000,
            flights: [{ ...sampleLineItem({ id: 'li_1' }).flights[0]!, budgetMicros: null }],
          }),
        ],
      }),
    );
    const options = await nodeOptions({ controlOrigin: control.origin, segmentBytes: 64 * 1024 });
    await mkdir(options.mediaDir, { recursive: true });
    const acknowledged = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const node = await forkNode(options);
      closers.push(() => node.child.kill('SIGKILL'));
      await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
      const left = new Promise((resolve) => node.child.once('exit', resolve));
      setTimeout(() => node.child.kill('SIGKILL'), 400 + round * 150);
      await Promise.all(Array.from({ length: 16 }, () => play(node, acknowledged)));
      await left;
    }
    expect(acknowledged.size).toBeGreaterThan(100);

    const dir = `${options.dataDir}/log/${options.nodeId}`;
    const { log } = await DurableLog.open({
      dir,
      nodeId: options.nodeId,
      sync: 'fsync',
      segmentBytes: 64 * 1024,
      maxQueueBytes: 1024 * 1024,
      nowMs: Date.now,
    });
    const counted = new Map<string, number>();
    let spent = 0;
    for await (const entry of log.range({ segment: 1, offset: 0 }, log.durableThrough, [KIND.event])) {
      const event = JSON.parse(entry.payload) as EventRecord;
      spent += event.spendMicros;
      if (!event.duplicate) {
        const key = `${event.decisionId} ${event.event}`;
        counted.set(key, (counted.get(key) ?? 0) + 1);
      }
    }
    await log.close();
    expect([...acknowledged].filter((key) => counted.get(key) !== 1)).toEqual([]);
    expect(Math.max(...counted.values())).toBe(1);
    expect(spent).toBeLessThanOrEqual(impressions * 20_000);
    expect(log.durableThrough.segment).toBeGreaterThan(1);
  }, 60_000);
});

/** A player that asks for ads and reports until the node is gone. */
async function play(node: ChildNode, acknowledged: Set<string>): Promise<void> {
  for (;;) {
    try {
      const answer = await postJson(node.publicPort, '/api/v1/ad-request', { request_id: 'r', duration: 30 });
      const ad = answer.json<{ decision_id: string; tracking?: Record<string, string> }>();
      if (!ad.tracking) return;
      for (const event of ['impression', 'start']) {
        const path = ad.tracking[event]!.replace('http://ads.example', '');
        if ((await call(node.publicPort, path)).status === 200)
          acknowledged.add(`${ad.decision_id} ${event}`);
      }
    } catch {
      if (node.child.exitCode !== null || node.child.signalCode !== null) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

describe('an orderly stop', () => {
  it.each(['SIGTERM', 'disconnect'] as const)(
    'on %s drains, writes what is queued and leaves',
    async (how) => {
      const control = await startFakeControl();
      closers.push(() => control.close());
      control.publish(sampleSnapshot());
      const options = await nodeOptions({ controlOrigin: control.origin });
      const node = await forkNode(options);
      closers.push(() => node.child.kill('SIGKILL'));
      await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
      await postJson(node.publicPort, '/api/v1/ad-request', { request_id: 'r', duration: 30 });
      const left = new Promise((resolve) => node.child.once('exit', resolve));
      if (how === 'SIGTERM') node.child.kill('SIGTERM');
      else node.child.disconnect();
      expect(await left).toBe(0);
      const { log, tornBytes } = await DurableLog.open({
        dir: `${options.dataDir}/log/${options.nodeId}`,
        nodeId: options.nodeId,
        sync: 'fsync',
        segmentBytes: 64 * 1024,
        maxQueueBytes: 1024 * 1024,
        nowMs: Date.now,
      });
      expect(tornBytes).toBe(0);
      expect((await log.read({ segment: 1, offset: 0 }, 10, [KIND.decision])).entries).toHaveLength(1);
      await log.close();
    },
  );
});
