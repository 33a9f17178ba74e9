import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleDecisions } from './decision-sample.ts';
import { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { sampleRequest } from './testing/sample-snapshot.ts';

const START = Date.parse('2026-11-21T08:00:00.000Z');
const HOUR_MS = 3_600_000;
let dir: string;
let log: DurableLog;
let nowMs = START;
const ids: string[] = [];

/** Ids whose random part counts down, so that the smallest come last. */
const idOf = (n: number) => `dec_abc${'0'.repeat(12)}${(0xffff - n).toString(16).padStart(8, '0')}`;

function record(n: number, more: { accountId?: string; isTruncated?: boolean } = {}): string {
  return JSON.stringify({
    type: 'decision',
    decisionId: idOf(n),
    at: new Date(nowMs).toISOString(),
    snapshotHash: 'a'.repeat(64),
    seed: 1,
    request: sampleRequest({ accountId: more.accountId ?? 'acc_1' }),
    readings: [],
    readingsTruncated: more.isTruncated ?? false,
    ads: [],
    backups: [],
    reason: 'geo',
  });
}
const write = (text: string, kind: number = KIND.decision) =>
  new Promise<void>((resolve, reject) => {
    log.append(kind, text, (error) => (error ? reject(error) : resolve()));
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cuepoint-sample-'));
  ({ log } = await DurableLog.open({
    dir,
    nodeId: 'node-1',
    sync: 'relaxed',
    segmentBytes: 4000,
    maxQueueBytes: 1_000_000,
    nowMs: () => nowMs,
  }));
  // One decision a minute for two hours; of the second hour some of another account, and some without their readings.
  for (let n = 0; n < 120; n++) {
    nowMs = START + n * 60_000;
    await write(record(n));
    ids.push(idOf(n));
    if (n >= 60 && n % 10 === 0) {
      await write(record(1000 + n, { accountId: 'acc_2' }));
      await write(record(2000 + n, { isTruncated: true }));
    }
    await write('{"type":"event"}', KIND.event);
  }
});
afterAll(async () => {
  await log.close();
  await rm(dir, { recursive: true, force: true });
});

const sample = (fromMs: number, toMs: number, limit: number, accountId = 'acc_1') =>
  sampleDecisions(dir, { accountId, fromMs, toMs, limit, through: log.durableThrough });

describe('a sample of decisions', () => {
  it('holds those of its account and time alone, all of them when there is room', async () => {
    const first = await sample(START, START + 5 * 60_000, 100);
    expect(first.decisions.map(({ decisionId }) => decisionId).sort()).toEqual(ids.slice(0, 5).sort());
    expect([first.read, first.isWhole]).toEqual([5, true]);
    const theirs = await sample(START + HOUR_MS, START + HOUR_MS + 60_000, 100, 'acc_2');
    expect(theirs.decisions).toHaveLength(1);
    expect(await sample(START - HOUR_MS, START, 100)).toEqual({ decisions: [], read: 0, isWhole: true });
  });

  it('has the smallest random parts, the same each time, and counts what it did not take', async () => {
    const [one, again] = [
      await sample(START, START + 10 * 60_000, 4),
      await sample(START, START + 10 * 60_000, 4),
    ];
    expect(one.decisions.map(({ decisionId }) => decisionId)).toEqual([9, 8, 7, 6].map(idOf));
    expect(one.read).toBe(10);
    expect(again).toEqual(one);
  });

  it('leaves out what cannot be made again, and counts it as read', async () => {
    const at = START + HOUR_MS;
    const one = await sample(at, at + 60_000, 100);
    expect(one.decisions.map(({ decisionId }) => decisionId)).toEqual([idOf(60)]);
    expect(one.read).toBe(2);
  });

  it('reads four segments at most, evenly, and says that it is not the whole', async () => {
    expect(log.durableThrough.segment).toBeGreaterThan(8);
    const whole = await sample(START, START + 2 * HOUR_MS, 1000);
    expect(whole.isWhole).toBe(false);
    expect(whole.read).toBeLessThan(120);
    expect(whole.read).toBeGreaterThan(4);
    const minutes = whole.decisions.map(({ at }) => Math.floor((Date.parse(at) - START) / HOUR_MS));
    expect(new Set(minutes)).toEqual(new Set([0, 1]));
  });
});
