import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DurableLog } from './durable-log.ts';
import { KIND } from './frame.ts';
import { type PruneRule, pruneLog } from './prune-log.ts';
import { diskFiles } from './segment-files.ts';

const opened: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** A log of about ten segments of a kilobyte. */
async function filledLog(): Promise<DurableLog> {
  const dir = await mkdtemp(join(tmpdir(), 'cuepoint-prune-'));
  const { log } = await DurableLog.open({
    dir,
    nodeId: 'node-1',
    sync: 'relaxed',
    segmentBytes: 1000,
    maxQueueBytes: 1 << 20,
    nowMs: Date.now,
  });
  opened.push(async () => {
    await log.close();
    await rm(dir, { recursive: true });
  });
  while (log.durableThrough.segment < 10)
    await new Promise<void>((resolve, reject) => {
      log.append(KIND.event, JSON.stringify({ pad: 'x'.repeat(200) }), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  return log;
}

const at = (segment: number, offset = 0) => ({ segment, offset });
const plenty = async () => 1e12;
const rule = (over: Partial<PruneRule> = {}): PruneRule => ({
  after: 'backup',
  keepBytes: 0,
  minFreeBytes: 1e6,
  ...over,
});

describe('a log that waits for a verified backup', () => {
  it('forgets nothing without one, however much is counted', async () => {
    const log = await filledLog();
    const positions = { ingested: at(9, 300), verified: undefined };
    expect(await pruneLog(log, positions, rule(), plenty)).toEqual({ removed: [], unbacked: [] });
    expect(log.firstSegment).toBe(1);
    expect(await pruneLog(log, positions, rule({ after: 'ingested' }), plenty)).toMatchObject({
      removed: [1, 2, 3, 4, 5, 6, 7, 8],
    });
  });

  it('forgets what the backup holds, never beyond what is counted', async () => {
    const log = await filledLog();
    expect(await pruneLog(log, { ingested: at(9), verified: at(4, 700) }, rule(), plenty)).toEqual({
      removed: [1, 2, 3],
      unbacked: [],
    });
    // A database that went back counts less than a backup that was made before it did.
    expect(await pruneLog(log, { ingested: at(5, 20), verified: at(8) }, rule(), plenty)).toEqual({
      removed: [4],
      unbacked: [],
    });
    expect(log.firstSegment).toBe(5);
  });

  it('keeps up to its size what it may forget', async () => {
    const log = await filledLog();
    const keepBytes = (await log.bytes()) - 1500;
    const positions = { ingested: at(9), verified: at(9) };
    expect((await pruneLog(log, positions, rule({ keepBytes }), plenty)).removed).toEqual([1, 2]);
  });

  it('makes room on a disk that is nearly full, no more than is missing and nothing that is not counted', async () => {
    const log = await filledLog();
    const positions = { ingested: at(6, 10), verified: at(2) };
    const short = (bytes: number) => async () => 1e6 - bytes;
    expect(await pruneLog(log, positions, rule(), short(1200))).toEqual({
      removed: [1, 2, 3],
      unbacked: [2, 3],
    });
    expect(await pruneLog(log, positions, rule(), short(1e6))).toEqual({ removed: [4, 5], unbacked: [4, 5] });
    expect(await pruneLog(log, positions, rule(), short(1e6))).toEqual({ removed: [], unbacked: [] });
    expect(await pruneLog(log, positions, rule({ minFreeBytes: 0 }), async () => 0)).toEqual({
      removed: [],
      unbacked: [],
    });
    expect(log.firstSegment).toBe(6);
  });

  it('asks the disk itself', async () => {
    expect(await diskFiles.freeBytes(tmpdir())).toBeGreaterThan(0);
    expect(await diskFiles.freeBytes(tmpdir())).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(await diskFiles.freeBytes('/no such path')).toBe(Number.POSITIVE_INFINITY);
  });
});
