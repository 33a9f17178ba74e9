import { appendFile, mkdtemp, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DurableLog, type DurableLogOptions } from './durable-log.ts';
import { frame, KIND, readFrame } from './frame.ts';
import { diskFiles, type LogFile, type LogFiles, segmentPath } from './segment-files.ts';

const START = { segment: 1, offset: 0 };

async function options(over: Partial<DurableLogOptions> = {}): Promise<DurableLogOptions> {
  return {
    dir: over.dir ?? (await mkdtemp(join(tmpdir(), 'cuepoint-log-'))),
    nodeId: 'node-1',
    sync: 'fsync',
    segmentBytes: 1024 * 1024,
    maxQueueBytes: 1024 * 1024,
    nowMs: Date.now,
    ...over,
  };
}

function write(log: DurableLog, payload: string, kind: number = KIND.event): Promise<void> {
  return new Promise((resolve, reject) => {
    log.append(kind, payload, (error) => (error ? reject(error) : resolve()));
  });
}

async function everything(log: DurableLog): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of log.range(START, log.durableThrough, [KIND.event, KIND.decision]))
    found.push(entry.payload);
  return found;
}

describe('DurableLog', () => {
  it('keeps what it acknowledged, in order, across a reopening', async () => {
    const given = await options();
    const { log } = await DurableLog.open(given);
    const payloads = Array.from({ length: 500 }, (_, n) => JSON.stringify({ n, text: 'ünïcode €' }));
    await Promise.all(payloads.map((payload) => write(log, payload)));
    expect(log.batches).toBeLessThan(20);
    await log.close();
    const again = await DurableLog.open(given);
    expect(again.tornBytes).toBe(0);
    expect(await everything(again.log)).toEqual(payloads);
    await write(again.log, '{"n":500}');
    expect(await everything(again.log)).toHaveLength(501);
    await again.log.close();
  });

  it('cuts a torn tail at any byte, keeps the cut bytes, and nothing before it', async () => {
    const given = await options();
    const { log } = await DurableLog.open(given);
    const payloads = ['{"n":1}', '{"n":2}', '{"n":3}'];
    for (const payload of payloads) await write(log, payload);
    await log.close();
    const path = segmentPath(given.dir, 1);
    const whole = await readFile(path);
    const lastAt = whole.length - frame(KIND.event, payloads[2]!).length;
    for (let size = lastAt; size <= whole.length; size++) {
      await writeFile(path, whole.subarray(0, size));
      const reopened = await DurableLog.open(given);
      const isWhole = size === whole.length;
      expect(reopened.tornBytes).toBe(isWhole ? 0 : size - lastAt);
      expect(await everything(reopened.log)).toEqual(isWhole ? payloads : payloads.slice(0, 2));
      await reopened.log.close();
    }
    expect((await readdir(given.dir)).filter((name) => name.includes('torn')).length).toBeGreaterThan(0);
    for (const junk of [Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
      await writeFile(path, whole);
      await appendFile(path, junk);
      const reopened = await DurableLog.open(given);
      expect(reopened.tornBytes).toBe(64);
      expect(await everything(reopened.log)).toEqual(payloads);
      await reopened.log.close();
    }
  });

  it('starts over in a segment whose header was torn', async () => {
    const given = await options();
    const { log } = await DurableLog.open(given);
    await log.close();
    await truncate(segmentPath(given.dir, 1), 5);
    const reopened = await DurableLog.open(given);
    expect(reopened.tornBytes).toBe(5);
    await write(reopened.log, '{"n":1}');
    expect(await everything(reopened.log)).toEqual(['{"n":1}']);
    await reopened.log.close();
  });

  it('seals full segments, reads across them, and prunes only what is ingested', async () => {
    const given = await options({ segmentBytes: 2000 });
    const { log } = await DurableLog.open(given);
    const payloads = Array.from({ length: 200 }, (_, n) => JSON.stringify({ n, pad: 'x'.repeat(50) }));
    for (const payload of payloads) await write(log, payload);
    expect(log.durableThrough.segment).toBeGreaterThan(5);
    expect(await everything(log)).toEqual(payloads);
    const first = await readFile(segmentPath(given.dir, 1));
    let offset = 0;
    const kinds: number[] = [];
    while (offset < first.length) {
      const found = readFrame(first, offset);
      if (typeof found === 'string') throw new Error(found);
      kinds.push(found.kind);
      offset = found.end;
    }
    expect(kinds[0]).toBe(KIND.header);
    expect(kinds.at(-1)).toBe(KIND.seal);
    expect(await log.prune({ segment: 3, offset: 0 }, 0)).toEqual([1, 2]);
    expect(log.isPruned({ segment: 2, offset: 0 })).toBe(true);
    expect(log.isPruned({ segment: 3, offset: 0 })).toBe(false);
    await log.close();
    const reopened = await DurableLog.open(given);
    expect(reopened.log.firstSegment).toBe(3);
    await reopened.log.close();
  });

  it('pages by position and refuses a position inside a record or beyond the end', async () => {
    const { log } = await DurableLog.open(await options());
    for (let n = 0; n < 5; n++) await write(log, `{"n":${n}}`);
    const one = await log.read(START, 3, [KIND.event]);
    expect(one.entries.map((entry) => entry.payload)).toEqual(['{"n":0}', '{"n":1}', '{"n":2}']);
    const two = await log.read(one.next, 100, [KIND.event]);
    expect(two.entries.map((entry) => entry.payload)).toEqual(['{"n":3}', '{"n":4}']);
    expect(two.next).toEqual(log.durableThrough);
    expect((await log.read(two.next, 100, [KIND.event])).entries).toEqual([]);
    await expect(log.read({ segment: 1, offset: one.next.offset + 1 }, 1, [KIND.event])).rejects.toThrow(
      /not the start/,
    );
    await expect(log.read({ segment: 1, offset: 10_000 }, 1, [KIND.event])).rejects.toThrow(/behind the end/);
    await expect(log.read({ segment: 7, offset: 0 }, 1, [KIND.event])).rejects.toThrow(/behind the end/);
    await log.close();
  });
});

/** A disk whose writes and syncs a test can hold or fail; `safeBytes` is what a power cut would leave. */
class TestDisk implements LogFiles {
  readonly makeDirectory = diskFiles.makeDirectory;
  readonly list = diskFiles.list;
  readonly rename = diskFiles.rename;
  readonly remove = diskFiles.remove;
  readonly syncDirectory = diskFiles.syncDirectory;
  readonly freeBytes = diskFiles.freeBytes;
  failing = false;
  hold: Promise<void> = Promise.resolve();
  safeBytes = 0;
  readonly order: string[] = [];

  async open(path: string, flags: string): Promise<LogFile> {
    const file = await diskFiles.open(path, flags);
    const disk = this;
    return {
      async write(buffer, offset, length, position) {
        await disk.hold;
        if (disk.failing) {
          await file.write(buffer, offset, Math.min(7, length), position);
          throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        }
        disk.order.push('write');
        return file.write(buffer, offset, length, position);
      },
      read: (buffer, offset, length, position) => file.read(buffer, offset, length, position),
      async datasync() {
        if (disk.failing) throw new Error('sync failed');
        await file.datasync();
        disk.safeBytes = (await file.stat()).size;
        disk.order.push('sync');
      },
      truncate: (length) => file.truncate(length),
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }
}

describe('a bad disk', () => {
  it('acknowledges only behind the sync that covers the record', async () => {
    const disk = new TestDisk();
    const given = await options({ files: disk });
    const { log } = await DurableLog.open(given);
    disk.order.length = 0;
    await Promise.all(
      [1, 2, 3].map(async (n) => {
        await write(log, `{"n":${n}}`);
        expect(disk.safeBytes).toBe((await stat(segmentPath(given.dir, 1))).size);
        disk.order.push('acknowledged');
      }),
    );
    expect(disk.order).toEqual(['write', 'sync', 'acknowledged', 'acknowledged', 'acknowledged']);
    await log.close();
  });

  it('refuses what it could not write, leaves no trace of it, and recovers', async () => {
    const disk = new TestDisk();
    let nowMs = 1_000_000;
    const { log } = await DurableLog.open(await options({ files: disk, monotonicMs: () => nowMs }));
    await write(log, '{"n":1}');
    disk.failing = true;
    const results = await Promise.allSettled([write(log, '{"n":2}'), write(log, '{"n":3}')]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    await expect(write(log, '{"n":4}')).rejects.toThrow(/cannot keep up/);
    disk.failing = false;
    nowMs += 1000;
    await write(log, '{"n":5}');
    expect(await everything(log)).toEqual(['{"n":1}', '{"n":5}']);
    expect(log.droppedRecords).toBe(3);
    await log.close();
  });

  it('refuses more than the queue holds while the disk is slow', async () => {
    const disk = new TestDisk();
    const { log } = await DurableLog.open(await options({ files: disk, maxQueueBytes: 2000 }));
    let release = () => {};
    disk.hold = new Promise((resolve) => {
      release = resolve;
    });
    const first = write(log, '{"n":0}');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const results = Array.from({ length: 300 }, (_, n) =>
      write(log, `{"n":${n + 1}}`).then(
        () => true,
        () => false,
      ),
    );
    expect(log.append(KIND.decision, `{"decision":"${'x'.repeat(700)}"}`)).toBe(false);
    release();
    await first;
    const kept = (await Promise.all(results)).filter(Boolean).length;
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(300);
    expect(await everything(log)).toHaveLength(kept + 1);
    await log.close();
  });
});
