import { mkdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { readRawLog } from './log/raw-log.ts';
import type { DeliveryOptions } from './options.ts';
import { call, postJson, until } from './testing/call.ts';
import { PLANE_KEY, startFakeControl } from './testing/fake-control.ts';
import { faultyFiles } from './testing/faulty-files.ts';
import { type DiskCall, diskError } from './testing/memory-disk.ts';
import { sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A node on a disk whose calls a test can hold up or fail. */
async function nodeOn(before: (call: DiskCall) => Promise<void> | void, over: Partial<DeliveryOptions> = {}) {
  const control = await startFakeControl();
  closers.push(() => control.close());
  control.publish(sampleSnapshot());
  const node = await startNode({ controlOrigin: control.origin, files: faultyFiles({ before }), ...over });
  closers.push(() => node.close());
  await mkdir(node.options.mediaDir, { recursive: true });
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  const acknowledged: string[] = [];
  return {
    acknowledged,
    /** The address of an impression; fails when there is no ad. */
    async ask(): Promise<string> {
      const answer = await postJson(node.publicPort, '/api/v1/ad-request', { request_id: 'r', duration: 30 });
      expect(answer.status).toBe(200);
      return new URL(answer.json<{ tracking: { impression: string } }>().tracking.impression).pathname;
    },
    async report(path: string): Promise<number> {
      const { status, body } = await call(node.publicPort, path);
      if (status === 200) acknowledged.push(path.split('/').at(-1)!.split('.')[2]!);
      else expect(JSON.parse(body)).toMatchObject({ code: 'log.unavailable' });
      return status;
    },
    async health() {
      const answer = await call(node.internalPort, '/internal/health', {
        headers: { Authorization: `Bearer ${PLANE_KEY}` },
      });
      return answer.json<{ log: { droppedRecords: number }; events: { refused: number } }>();
    },
    /** Decisions of all impressions in the log, repetitions apart. */
    async counted(): Promise<string[]> {
      await node.close();
      return readRawLog(node.options.dataDir).records.flatMap((record) =>
        record.type === 'event' && !record.duplicate ? [record.decisionId] : [],
      );
    },
  };
}

describe('a node whose disk is', () => {
  it('slow answers ads meanwhile, and events when they are safe', async () => {
    let slowMs = 0;
    const node = await nodeOn(async (call) => {
      if (call === 'datasync' && slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
    });
    const path = await node.ask();
    slowMs = 1500;
    const startedAt = performance.now();
    const reported = node.report(path).then((status) => ({ status, after: performance.now() - startedAt }));
    for (let n = 0; n < 20; n++) await node.ask();
    expect(performance.now() - startedAt).toBeLessThan(1400);
    const { status, after } = await reported;
    expect(status).toBe(200);
    expect(after).toBeGreaterThan(1400);
    slowMs = 0;
    expect(await node.counted()).toEqual(node.acknowledged);
  });

  it('slower than what is reported refuses events, says so, and keeps what it acknowledged', async () => {
    let slowMs = 0;
    const node = await nodeOn(
      async (call) => {
        if (call === 'datasync' && slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
      },
      { maxQueueBytes: 8000 },
    );
    const paths: string[] = [];
    for (let n = 0; n < 60; n++) paths.push(await node.ask());
    slowMs = 400;
    const statuses = await Promise.all(paths.map((path) => node.report(path)));
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(await node.health()).toMatchObject({
      events: { refused: statuses.filter((status) => status === 503).length },
    });
    slowMs = 0;
    await until(async () => (await node.report(paths[statuses.indexOf(503)]!)) === 200);
    expect((await node.counted()).sort()).toEqual([...node.acknowledged].sort());
  });

  it.each([
    ['full', 'write', 'ENOSPC'],
    ['failing', 'datasync', 'EIO'],
  ] as const)(
    '%s refuses events while ads go on, and counts them once when they come again',
    async (_, failing, code) => {
      let isFailing = false;
      const node = await nodeOn((call) => {
        if (isFailing && call === failing) throw diskError(code, `${call} failed`);
      });
      const [first, second] = [await node.ask(), await node.ask()];
      expect(await node.report(first)).toBe(200);
      isFailing = true;
      for (let n = 0; n < 3; n++) {
        expect(await node.report(second)).toBe(503);
        await node.ask();
      }
      expect((await node.health()).log.droppedRecords).toBeGreaterThan(0);
      isFailing = false;
      await until(async () => (await node.report(second)) === 200);
      expect(await node.report(second)).toBe(200);
      expect((await node.counted()).sort()).toEqual([...new Set(node.acknowledged)].sort());
    },
  );
});
