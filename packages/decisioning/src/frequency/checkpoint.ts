import { MAX_WINDOWED_CAP } from './cap-rules.ts';
import { type ExposureEntry, type ExposureTable, SHARDS } from './exposure-table.ts';

/**
 * The whole table as buffers, one per shard, so that a checkpoint of a large table can be written a piece at a time: a
 * shard is consistent in itself, and what happened since it was encoded is read back from the log.
 *
 *     header  u32 magic 'CPFC', u32 version, u32 shard, u32 entries
 *     entry   u32 high, u32 low, u32 scope, u32 seconds (2^32-1: for ever), u32 total, u16 keep, u16 exposures,
 *             u16 reservations, u16 zero, then the times as f64
 *
 * Little-endian.
 */
const MAGIC = 0x43465043;
const VERSION = 1;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 28;
const FOREVER = 0xffff_ffff;

/** One shard (0 to 1023) as a buffer, without what has run out by `nowMs`. */
export function encodeShard(table: ExposureTable, shard: number, nowMs: number): ArrayBuffer {
  const entries: ExposureEntry[] = [];
  let bytes = HEADER_BYTES;
  table.visit(shard, nowMs, (entry) => {
    entries.push(entry);
    bytes += ENTRY_BYTES + 8 * (entry.exposuresMs.length + entry.reservationsMs.length);
  });
  const buffer = new ArrayBuffer(bytes);
  const view = new DataView(buffer);
  [MAGIC, VERSION, shard, entries.length].forEach((value, index) => {
    view.setUint32(index * 4, value, true);
  });
  let at = HEADER_BYTES;
  for (const { high, low, scope, seconds, total, keep, exposuresMs, reservationsMs } of entries) {
    const until = seconds === Number.POSITIVE_INFINITY ? FOREVER : seconds;
    [high, low, scope, until, total].forEach((value, index) => {
      view.setUint32(at + index * 4, value, true);
    });
    [keep, exposuresMs.length, reservationsMs.length].forEach((value, index) => {
      view.setUint16(at + 20 + index * 2, value, true);
    });
    at += ENTRY_BYTES;
    for (const time of [...exposuresMs, ...reservationsMs]) {
      view.setFloat64(at, time, true);
      at += 8;
    }
  }
  return buffer;
}

/** The whole table: 1,024 buffers for {@link restoreShard}. */
export function encodeTable(table: ExposureTable, nowMs: number): ArrayBuffer[] {
  return Array.from({ length: SHARDS }, (_, shard) => encodeShard(table, shard, nowMs));
}

/**
 * Puts the entries of one buffer into a table; returns how many. Throws RangeError saying what is wrong with a buffer
 * that is torn or not ours, and when an entry is there already or `maxEntries` is passed: start again from an empty
 * table then.
 */
export function restoreShard(table: ExposureTable, buffer: ArrayBuffer, nowMs: number): number {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new RangeError('not a checkpoint of frequency caps');
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw new RangeError(`checkpoint version ${version}, ${VERSION} is accepted`);
  const entries = view.getUint32(12, true);
  let at = HEADER_BYTES;
  for (let index = 0; index < entries; index++) {
    const exposures = at + ENTRY_BYTES <= buffer.byteLength ? view.getUint16(at + 22, true) : 0;
    const reservations = at + ENTRY_BYTES <= buffer.byteLength ? view.getUint16(at + 24, true) : 0;
    const end = at + ENTRY_BYTES + 8 * (exposures + reservations);
    if (end > buffer.byteLength) throw new RangeError(`checkpoint ends within entry ${index} of ${entries}`);
    const times = Array.from({ length: exposures + reservations }, (_, n) =>
      view.getFloat64(at + ENTRY_BYTES + 8 * n, true),
    );
    const seconds = view.getUint32(at + 12, true);
    const keep = view.getUint16(at + 20, true);
    const exposuresMs = times.slice(0, exposures);
    const reservationsMs = times.slice(exposures);
    if (Math.max(keep, exposures, reservations) > MAX_WINDOWED_CAP)
      throw new RangeError(`entry ${index} of the checkpoint has more than ${MAX_WINDOWED_CAP} times`);
    if (!isAscending(exposuresMs) || !isAscending(reservationsMs))
      throw new RangeError(`entry ${index} of the checkpoint has times out of order`);
    table.restore(
      {
        high: view.getUint32(at, true),
        low: view.getUint32(at + 4, true),
        scope: view.getUint32(at + 8, true),
        seconds: seconds === FOREVER ? Number.POSITIVE_INFINITY : seconds,
        total: view.getUint32(at + 16, true),
        keep,
        exposuresMs,
        reservationsMs,
      },
      nowMs,
    );
    at = end;
  }
  if (at !== buffer.byteLength)
    throw new RangeError(`checkpoint has ${buffer.byteLength - at} bytes too many`);
  return entries;
}

function isAscending(times: readonly number[]): boolean {
  return times.every((time, n) => Number.isFinite(time) && (n === 0 || times[n - 1]! <= time));
}
