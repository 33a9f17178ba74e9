import { mulberry32 } from '../../../testing/seeded.ts';
import { DurableLog } from '../log/durable-log.ts';
import { KIND } from '../log/frame.ts';
import { type DiskCall, type DiskFaults, diskError, MemoryDisk } from './memory-disk.ts';

const DIR = '/log/node-1';
const LIVES = 6;

/** What one seed of {@link diskRound} came to. */
export interface DiskRound {
  /** What went wrong; empty when nothing did. */
  readonly faults: readonly string[];
  readonly acknowledged: number;
  readonly refused: number;
  readonly torn: number;
  readonly segments: number;
  /** How often a start failed because the disk did, and was tried again. */
  readonly failedStarts: number;
}

/** All that a round knows of its records. */
interface Book {
  /** Told to be safe. */
  readonly acknowledged: Set<number>;
  /** Given to the log. */
  readonly given: Set<number>;
  /** In segments that may go. */
  readonly pruned: Set<number>;
}

/**
 * One log through several lives on a disk that fails: in each, records are written while calls of the disk are slow,
 * find it full, or fail; then the power goes, or the process is killed, or it is stopped. Whatever is left is opened
 * again and read: every record that was acknowledged is there once, none is there twice, none was never given.
 *
 * @param liesAboutSync a disk that keeps nothing: then faults must be found
 */
export async function diskRound(seed: number, liesAboutSync = false): Promise<DiskRound> {
  const random = mulberry32(seed);
  let disk = new MemoryDisk(random);
  const book: Book = { acknowledged: new Set(), given: new Set(), pruned: new Set() };
  const result = { refused: 0, torn: 0, segments: 0, failedStarts: 0 };
  const faults: string[] = [];
  for (let life = 0; life < LIVES && faults.length === 0; life++) {
    const clock = { ms: 0 };
    const plan = faultPlan(random, clock);
    disk.faults = { ...plan, liesAboutSync };
    const opened = await openOn(disk, clock);
    if (opened === null) {
      // A disk that fails while the log is opened: the process leaves, and is started again.
      result.failedStarts++;
      disk = random() < 0.5 ? disk.cutPower() : disk.killProcess();
      continue;
    }
    const { log, tornBytes } = opened;
    if (tornBytes > 0) result.torn++;
    const end = random();
    const writing = write(log, random, book, clock, 30 + Math.floor(random() * 120));
    const stopAfter = Math.floor(random() * 400);
    if (end < 0.15) {
      result.refused += await writing;
      await log.close();
      disk = disk.cutPower();
    } else {
      const cut = waitTurns(stopAfter).then(() => null);
      result.refused += (await Promise.race([writing, cut])) ?? 0;
      disk = end < 0.7 ? disk.cutPower() : disk.killProcess();
    }
    disk.faults = { liesAboutSync };
    faults.push(...(await check(disk, book, result)).map((fault) => `seed ${seed} life ${life}: ${fault}`));
  }
  return { ...result, faults, acknowledged: book.acknowledged.size };
}

async function openOn(disk: MemoryDisk, clock: { ms: number }) {
  return DurableLog.open({
    dir: DIR,
    nodeId: 'node-1',
    sync: 'fsync',
    segmentBytes: 4000,
    maxQueueBytes: 20_000,
    nowMs: () => 1_700_000_000_000,
    monotonicMs: () => clock.ms,
    files: disk,
  }).catch((error: { code?: string }) => {
    if (error.code === 'EIO' || error.code === 'ENOSPC') return null;
    throw error;
  });
}

/** Each life has a disk of its own kind: sound, with calls that fail now and then, full, or slow. */
function faultPlan(random: () => number, clock: { ms: number }): DiskFaults {
  const kind = random();
  const rate = random() * 0.2;
  const calls: DiskCall[] = ['open', 'write', 'datasync', 'truncate', 'syncDirectory', 'remove', 'rename'];
  const failing = calls.filter(() => random() < 0.4);
  const code = kind < 0.45 ? 'EIO' : 'ENOSPC';
  if (kind < 0.2) return {};
  if (kind >= 0.85) return { capacity: 3000 + Math.floor(random() * 9000) };
  return {
    before: async (call) => {
      if (random() < 0.1) await waitTurns(Math.floor(random() * 8));
      clock.ms += Math.floor(random() * 40);
      if (!failing.includes(call) || random() > rate) return;
      throw diskError(code, `${call} failed`);
    },
  };
}

/** Writes records, some of them again after they were refused; answers how many were refused. */
async function write(
  log: DurableLog,
  random: () => number,
  book: Book,
  clock: { ms: number },
  records: number,
): Promise<number> {
  let refused = 0;
  const open: Promise<void>[] = [];
  const report = (id: number, tries: number): Promise<void> =>
    new Promise((resolve) => {
      const pad = 'x'.repeat(Math.floor(random() * 300));
      log.append(KIND.event, JSON.stringify({ id, pad }), (error) => {
        if (error === null) {
          book.acknowledged.add(id);
          resolve();
          return;
        }
        refused++;
        clock.ms += 200;
        // A player reports again.
        if (tries > 0 && random() < 0.7) setImmediate(() => void report(id, tries - 1).then(resolve));
        else resolve();
      });
    });
  for (let n = 0; n < records; n++) {
    const id = book.given.size;
    book.given.add(id);
    open.push(report(id, 4));
    if (random() < 0.3) await waitTurns(Math.floor(random() * 6));
    if (random() < 0.03) await prune(log, book);
  }
  await Promise.all(open);
  return refused;
}

/** Lets the oldest segments go, as after they were counted, whether or not the disk goes along. */
async function prune(log: DurableLog, book: Book): Promise<void> {
  const before = log.durableThrough.segment - 2;
  try {
    for await (const { id, segment } of recordsOf(log)) if (segment < before) book.pruned.add(id);
    await log.prune({ segment: before, offset: 0 }, 0);
  } catch (error) {
    if (!('code' in (error as object))) throw error;
  }
}

async function* recordsOf(log: DurableLog): AsyncGenerator<{ id: number; segment: number }> {
  const from = { segment: log.firstSegment, offset: 0 };
  for await (const { payload, segment } of log.range(from, log.durableThrough, [KIND.event]))
    yield { id: (JSON.parse(payload) as { id: number }).id, segment };
}

async function idsIn(log: DurableLog): Promise<number[]> {
  const ids: number[] = [];
  for await (const { id } of recordsOf(log)) ids.push(id);
  return ids;
}

/** Opens what is left on a sound disk, reads all of it, and writes one more record. */
async function check(
  disk: MemoryDisk,
  book: Book,
  result: { torn: number; segments: number },
): Promise<string[]> {
  const { log, tornBytes } = (await openOn(disk, { ms: 0 }))!;
  if (tornBytes > 0) result.torn++;
  const ids = await idsIn(log).catch((error: unknown) => String(error));
  result.segments = log.durableThrough.segment;
  await log.close();
  if (typeof ids === 'string') return [`it cannot be read: ${ids}`];
  const times = new Map<number, number>();
  for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1);
  const lost = [...book.acknowledged].filter((id) => !times.has(id) && !book.pruned.has(id));
  const twice = [...times].filter(([, count]) => count > 1).map(([id]) => id);
  const invented = ids.filter((id) => !book.given.has(id));
  return [
    ...lost.map((id) => `record ${id} was acknowledged and is gone`),
    ...twice.map((id) => `record ${id} is there ${times.get(id)} times`),
    ...invented.map((id) => `record ${id} was never given`),
  ];
}

/** Lets what is under way go on for some turns of the event loop. */
export async function waitTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
