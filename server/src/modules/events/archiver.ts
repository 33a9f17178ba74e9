import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { type LogEntry, LogPosition } from '../../kernel/delivery-protocol.ts';
import { traced } from '../../kernel/tracing.ts';
import type { NamedObject, NamedStore } from '../../platform/object-store/index.ts';
import { ARCHIVE_ROOT, addressOf, byFile, hourMsOf } from './domain/archive-rows.ts';
import { accountOf } from './domain/derive-rows.ts';
import { comparePositions } from './domain/positions.ts';
import { type KeptLog, LogSourceError, type ParquetFiles } from './ports.ts';

export interface ArchiverPorts {
  logs: readonly KeptLog[];
  store: NamedStore;
  parquet: ParquetFiles;
  /** Those of these accounts that exist: nothing is kept of others. */
  existingAccounts(ids: ReadonlySet<string>): Promise<Set<string>>;
  clock: Clock;
  /** Days that are kept, counted by the hour of the records. */
  keepDays: number;
  /** A part of a log was pruned before it was archived. */
  onGap(node: string, from: LogPosition, to: LogPosition): void;
  /** Records that become files at once; memory holds so many. Default 20 000. */
  stretchRecords?: number;
  /** Records asked for at once. Default 5000. */
  pageSize?: number;
}

export interface ArchiveTotals {
  records: number;
  files: number;
  merged: number;
  removed: number;
}

const HOUR_MS = 60 * 60 * 1000;
/** An ad may still report four hours after its decision; then an hour gets no more records in the ordinary way. */
const CLOSED_AFTER_MS = 5 * HOUR_MS;
/** Larger hours are read well enough as they are, and merging holds them in memory. */
const MERGED_BYTES = 64 << 20;

/**
 * Brings the logs into Parquet files by account, day and hour. A file is named by its first record, and where a log was
 * archived to is kept beside the files: whatever crashes, the same stretch is read again and its files replace themselves.
 * One at a time may run for a store.
 * @throws LogSourceError when a node does not answer
 */
export async function archiveNow(ports: ArchiverPorts, signal?: AbortSignal): Promise<ArchiveTotals> {
  const totals = { records: 0, files: 0, merged: 0, removed: 0 };
  const reached = new Map<string, LogPosition>();
  for (const log of ports.logs) {
    const node = await log.nodeId();
    reached.set(node, await archiveLog(ports, log, node, totals, signal));
  }
  const objects = await ports.store.list(ARCHIVE_ROOT);
  totals.removed = await removeOld(ports, objects);
  totals.merged = await mergeClosed(ports, objects, reached, signal);
  return totals;
}

const offsetKey = (node: string): string => `archive-offsets/${node}.json`;
const StoredOffset = z.object({ next: LogPosition });

/** Where a log was archived to, kept with the files and not in the database: restoring one must not move the other. */
async function storedOffset(store: NamedStore, node: string): Promise<LogPosition | null> {
  const text = await store.read(offsetKey(node));
  return text === null ? null : StoredOffset.parse(JSON.parse(text)).next;
}

async function archiveLog(
  ports: ArchiverPorts,
  log: KeptLog,
  node: string,
  totals: ArchiveTotals,
  signal: AbortSignal | undefined,
): Promise<LogPosition> {
  const stored = await storedOffset(ports.store, node);
  const first = await log.first();
  let position = stored ?? first;
  if (comparePositions(position, first) < 0) {
    ports.onGap(node, position, first);
    position = first;
  }
  const stretch = ports.stretchRecords ?? 20_000;
  let through: LogPosition | null = null;
  let pending: LogEntry[] = [];
  for (;;) {
    signal?.throwIfAborted();
    const page = await log.read(position, {
      limit: ports.pageSize ?? 5000,
      waitSeconds: 0,
      ...(signal ? { signal } : {}),
    });
    if (page.nodeId !== node)
      throw new LogSourceError('protocol', `asked ${node} and ${page.nodeId} answered`);
    // Only what was durable at the first look: a busy node would never let it end.
    through ??= page.durableThrough;
    pending.push(...page.entries);
    position = page.next;
    const isDone = comparePositions(position, through) >= 0;
    if (pending.length >= stretch || isDone) {
      const stretchOf = pending;
      await traced('archive.write', { node, records: pending.length }, () =>
        writeStretch(ports, node, stretchOf, totals),
      );
      await ports.store.write(offsetKey(node), JSON.stringify({ next: position }));
      pending = [];
    }
    if (isDone) return position;
  }
}

async function writeStretch(
  { store, parquet, existingAccounts }: ArchiverPorts,
  node: string,
  entries: readonly LogEntry[],
  totals: ArchiveTotals,
): Promise<void> {
  const known = await existingAccounts(new Set(entries.map(accountOf)));
  const files = byFile(
    node,
    entries.filter((entry) => known.has(accountOf(entry))),
  );
  for (const [key, rows] of files) {
    const draft = await store.draft();
    await parquet.write(rows, draft);
    await store.put(key, draft);
    totals.records += rows.length;
    totals.files++;
  }
}

/** Files of hours that are older than what is kept. */
async function removeOld(
  { store, clock, keepDays }: ArchiverPorts,
  objects: readonly NamedObject[],
): Promise<number> {
  const before = clock.now().getTime() - keepDays * 24 * HOUR_MS;
  let removed = 0;
  for (const { key } of objects) {
    const hourMs = hourMsOf(key);
    if (hourMs === null || hourMs + HOUR_MS > before) continue;
    await store.remove(key);
    removed++;
  }
  return removed;
}

/**
 * Makes one file of an hour that is over. It takes the name of the first; the others go afterwards, and a crash between
 * leaves records twice until the next merge, which takes each once.
 */
async function mergeClosed(
  { store, parquet, clock, keepDays }: ArchiverPorts,
  objects: readonly NamedObject[],
  reached: ReadonlyMap<string, LogPosition>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const now = clock.now().getTime();
  const hours = new Map<string, NamedObject[]>();
  for (const object of objects) {
    const hourMs = hourMsOf(object.key);
    const address = addressOf(object.key);
    const end = address === null ? undefined : reached.get(address.node);
    // What lies behind the stored offset of its log is written again, and a node that is not asked here may be elsewhere.
    if (hourMs === null || address === null || !end || comparePositions(address.position, end) >= 0) continue;
    if (now - hourMs < HOUR_MS + CLOSED_AFTER_MS || now - hourMs > keepDays * 24 * HOUR_MS) continue;
    const folder = object.key.slice(0, object.key.lastIndexOf('/'));
    hours.set(folder, [...(hours.get(folder) ?? []), object]);
  }
  let merged = 0;
  for (const files of hours.values()) {
    signal?.throwIfAborted();
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (files.length < 2 || bytes > MERGED_BYTES) continue;
    const draft = await store.draft();
    await parquet.merge(
      files.map(({ key }) => store.pathOf(key)),
      draft,
    );
    const [first, ...others] = files;
    await store.put(first!.key, draft);
    for (const { key } of others) await store.remove(key);
    merged += files.length;
  }
  return merged;
}
