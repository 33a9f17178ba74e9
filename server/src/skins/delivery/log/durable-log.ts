import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import { FRAME_BYTES, frame, KIND, writeFrame } from './frame.ts';
import {
  createdAtOf,
  createSegment,
  type OpenSegment,
  openSegments,
  type SegmentPlace,
  type Torn,
} from './open-segments.ts';
import { comparePositions, type RawEntry, type RawPage, readPage, readRange } from './reader.ts';
import {
  diskFiles,
  type LogFile,
  type LogFiles,
  listSegments,
  segmentPath,
  writeAll,
} from './segment-files.ts';

export interface DurableLogOptions {
  readonly dir: string;
  readonly nodeId: string;
  /** `fsync`: acknowledge after fdatasync. `relaxed`: after the write, synced every 200 ms. */
  readonly sync: 'fsync' | 'relaxed';
  readonly segmentBytes: number;
  /** Bytes that may wait for the disk before records are refused. */
  readonly maxQueueBytes: number;
  /** Wall clock, which may step: it dates segments and decides nothing. */
  readonly nowMs: () => number;
  /** A clock that never steps, for waiting; any origin. */
  readonly monotonicMs?: () => number;
  readonly files?: LogFiles;
  /** The disk does not take records, and why; null: it does again. Said once for each change. */
  readonly onProblem?: (problem: string | null) => void;
  /** After each batch that was written and synced, with how long that took, ms. */
  readonly onCommit?: (milliseconds: number) => void;
}

/** The disk is too slow or refuses: the record was not kept. */
export class LogUnavailableError extends Error {}

type Acknowledge = (error: LogUnavailableError | null) => void;

/** Records without anybody waiting (decisions) may gather this long before they are written. */
const LAZY_WRITE_MS = 25;
const RELAXED_SYNC_MS = 200;
/** After a failed write the disk is left alone this long; meanwhile records are refused at once. */
const RETRY_AFTER_MS = 500;

/**
 * The append-only log of one node. Group commit: what arrives while one batch is written and synced forms the next.
 * Duty: `acknowledge(null)` is called only for a record that survives a killed process (and, with `fsync`, a power cut).
 */
export class DurableLog {
  readonly #options: DurableLogOptions;
  readonly #place: SegmentPlace;
  readonly #files: LogFiles;
  readonly #monotonicMs: () => number;
  #file: LogFile;
  #segment: number;
  #size: number;
  #records: number;
  #begunAtMs: number;
  #firstSegment: number;
  #staged = Buffer.allocUnsafe(256 * 1024);
  #stagedBytes = 0;
  #stagedRecords = 0;
  #writing = Buffer.allocUnsafe(256 * 1024);
  #waiting: Acknowledge[] = [];
  #isPumping = false;
  #lazyTimer: NodeJS.Timeout | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  /** By the clock that never steps; null while the disk is trusted. */
  #refuseUntilMs: number | null = null;
  #problem: string | null = null;
  #mustTruncate = false;
  #isClosed = false;
  #pumpDone: Promise<void> = Promise.resolve();
  readonly #watchers = new Set<() => void>();
  /** Records dropped because the disk was slow or failed, those with somebody waiting included. */
  droppedRecords = 0;
  batches = 0;

  private constructor(
    options: DurableLogOptions,
    place: SegmentPlace,
    open: OpenSegment & { readonly firstSegment: number },
  ) {
    this.#options = options;
    this.#place = place;
    this.#files = place.files;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#file = open.file;
    this.#segment = open.segment;
    this.#size = open.size;
    this.#records = open.records;
    this.#begunAtMs = open.begunAtMs;
    this.#firstSegment = open.firstSegment;
    if (options.sync === 'relaxed') {
      this.#syncTimer = setInterval(() => {
        this.#file.datasync().catch((error: unknown) => this.#fail(error));
      }, RELAXED_SYNC_MS);
      this.#syncTimer.unref();
    }
  }

  /** Opens the log, repairing a torn tail. `tornBytes` is what an interrupted write left behind. */
  static async open(options: DurableLogOptions): Promise<{ log: DurableLog } & Torn> {
    const { dir, nodeId, nowMs, files = diskFiles } = options;
    const place = { dir, nodeId, nowMs, files };
    const open = await openSegments(place);
    const { tornBytes, isTornKept } = open;
    return { log: new DurableLog(options, place, open), tornBytes, isTornKept };
  }

  /** Everything before this position is safe and may be read. */
  get durableThrough(): LogPosition {
    return { segment: this.#segment, offset: this.#size };
  }

  get firstSegment(): number {
    return this.#firstSegment;
  }

  /** When the segment being written was begun, ms since 1970. */
  get newestBegunAtMs(): number {
    return this.#begunAtMs;
  }

  /** Bytes waiting for the disk. */
  get queuedBytes(): number {
    return this.#stagedBytes;
  }

  /**
   * Queues a record. With `acknowledge` somebody waits: it is written at once and told when it is safe, or that it was
   * not kept. Without, it is written soon, and false says that it was dropped.
   */
  append(kind: number, payload: string, acknowledge?: Acknowledge): boolean {
    // Every UTF-16 unit takes at most three bytes.
    return this.#append(kind, payload, 'utf8', FRAME_BYTES + payload.length * 3, acknowledge);
  }

  /** The same for a payload of ASCII characters alone, which takes half the time. */
  appendAscii(kind: number, payload: string, acknowledge?: Acknowledge): boolean {
    return this.#append(kind, payload, 'latin1', FRAME_BYTES + payload.length, acknowledge);
  }

  #append(
    kind: number,
    payload: string,
    encoding: 'utf8' | 'latin1',
    room: number,
    acknowledge?: Acknowledge,
  ): boolean {
    if (
      this.#isClosed ||
      this.#stagedBytes + room > this.#options.maxQueueBytes ||
      (this.#refuseUntilMs !== null && this.#monotonicMs() < this.#refuseUntilMs)
    ) {
      this.droppedRecords++;
      acknowledge?.(new LogUnavailableError('the event log cannot keep up'));
      return false;
    }
    if (this.#stagedBytes + room > this.#staged.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#staged.length * 2, this.#stagedBytes + room));
      this.#staged.copy(larger, 0, 0, this.#stagedBytes);
      this.#staged = larger;
    }
    this.#stagedBytes = writeFrame(this.#staged, this.#stagedBytes, kind, payload, encoding);
    this.#stagedRecords++;
    if (acknowledge) {
      this.#waiting.push(acknowledge);
      this.#startPump();
    } else if (!this.#isPumping) this.#writeSoon();
    return true;
  }

  #writeSoon(): void {
    this.#lazyTimer ??= setTimeout(() => this.#startPump(), LAZY_WRITE_MS);
  }

  /** Reads records; see `readPage`. Only what is durable is seen. */
  async read(from: LogPosition, limit: number, kinds: readonly number[]): Promise<RawPage> {
    return readPage({
      dir: this.#options.dir,
      files: this.#files,
      from,
      through: this.durableThrough,
      limit,
      kinds,
    });
  }

  /** Every record of the wanted kinds from one durable position to another. */
  range(from: LogPosition, through: LogPosition, kinds: readonly number[]): AsyncGenerator<RawEntry> {
    return readRange({ dir: this.#options.dir, files: this.#files, from, through, kinds });
  }

  /** Calls back once when there is something new to read. Returns the way to stop waiting. */
  onceMore(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  /** When a segment was begun, ms since 1970: nothing in it is older, but for the moment that a record waits for the disk. */
  async begunAt(segment: number): Promise<number | null> {
    if (segment === this.#segment) return this.#begunAtMs;
    const page = await this.read({ segment, offset: 0 }, 1, [KIND.header]);
    const header = page.entries[0];
    return header ? createdAtOf(header.payload) : null;
  }

  /**
   * Seals a segment that was begun before an instant, so that its records can grow old enough to be forgotten, however
   * few there are. False when it holds none, or the disk refuses.
   */
  async sealBegunBefore(beforeMs: number): Promise<boolean> {
    while (this.#isPumping) await this.#pumpDone;
    if (this.#isClosed || this.#records === 0 || this.#begunAtMs >= beforeMs) return false;
    this.#isPumping = true;
    let isSealed = false;
    this.#pumpDone = (async () => {
      try {
        if (this.#mustTruncate) await this.#cutTail();
        await this.#roll();
        isSealed = true;
      } catch (error) {
        this.#fail(error);
      }
      this.#isPumping = false;
      if (this.#waiting.length > 0 || this.#isClosed) this.#startPump();
      else if (this.#stagedBytes > 0) this.#writeSoon();
    })();
    await this.#pumpDone;
    return isSealed;
  }

  /**
   * Removes sealed segments wholly before `ingested`, oldest first, while the log is larger than `maxBytes`, or while all
   * that the oldest holds was written before `beforeMs`.
   */
  async prune(
    ingested: LogPosition,
    maxBytes: number,
    beforeMs = Number.NEGATIVE_INFINITY,
  ): Promise<number[]> {
    const { dir } = this.#options;
    const sizes = await this.#segmentSizes();
    let total = sizes.reduce((sum, { size }) => sum + size, 0);
    const removed: number[] = [];
    for (const { segment, size } of sizes) {
      if (segment >= ingested.segment || segment >= this.#segment) break;
      if (total <= maxBytes && ((await this.begunAt(segment + 1)) ?? beforeMs) >= beforeMs) break;
      await this.#files.remove(segmentPath(dir, segment));
      this.#firstSegment = segment + 1;
      // No power cut brings it back behind one that is gone.
      await this.#files.syncDirectory(dir);
      total -= size;
      removed.push(segment);
    }
    return removed;
  }

  /** Bytes of all segments on the disk. */
  async bytes(): Promise<number> {
    return (await this.#segmentSizes()).reduce((sum, { size }) => sum + size, 0);
  }

  async #segmentSizes(): Promise<{ segment: number; size: number }[]> {
    const sizes: { segment: number; size: number }[] = [];
    for (const segment of await listSegments(this.#options.dir, this.#files)) {
      const file = await this.#files.open(segmentPath(this.#options.dir, segment), 'r');
      sizes.push({ segment, size: (await file.stat()).size });
      await file.close();
    }
    return sizes;
  }

  /** Writes and syncs what is queued, then closes. Later records are refused. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#syncTimer);
    this.#startPump();
    await this.#pumpDone;
    await this.#file.datasync().catch(() => undefined);
    await this.#file.close();
    this.#notify();
  }

  #startPump(): void {
    clearTimeout(this.#lazyTimer);
    this.#lazyTimer = undefined;
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#pumpDone = new Promise((resolve) => {
      // Let the rest of this turn's arrivals join the batch. `#pump` does not reject.
      setImmediate(() => void this.#pump().then(resolve));
    });
  }

  async #pump(): Promise<void> {
    // Nobody waits for what only decisions left behind meanwhile: it gathers, and the disk is woken for it once.
    for (let isFirst = true; isFirst || this.#waiting.length > 0 || this.#isClosed; isFirst = false) {
      if (this.#stagedBytes === 0) break;
      const batch = this.#staged;
      const bytes = this.#stagedBytes;
      const records = this.#stagedRecords;
      const waiting = this.#waiting;
      this.#staged = this.#writing;
      this.#writing = batch;
      this.#stagedBytes = 0;
      this.#stagedRecords = 0;
      this.#waiting = [];
      const startedAt = performance.now();
      try {
        if (this.#mustTruncate) await this.#cutTail();
        if (this.#size + bytes > this.#options.segmentBytes && this.#records > 0) await this.#roll();
        await writeAll(this.#file, batch, bytes, this.#size);
        if (this.#options.sync === 'fsync') await this.#file.datasync();
      } catch (error) {
        this.droppedRecords += records;
        this.#fail(error, waiting);
        continue;
      }
      if (this.#problem !== null) this.#tell(null);
      this.#size += bytes;
      this.#records += records;
      this.batches++;
      this.#options.onCommit?.(performance.now() - startedAt);
      for (const acknowledge of waiting) acknowledge(null);
      this.#notify();
    }
    // In the same turn as the last look at the queue: a record that comes later must find the pump stopped.
    this.#isPumping = false;
    if (this.#stagedBytes > 0) this.#writeSoon();
  }

  /**
   * A write or sync failed: nothing since the last durable byte counts. What is queued behind it goes too, since a
   * duplicate may rest on a first event that was just lost. A failed sync is never tried again for what it was to keep:
   * the kernel may hold those bytes to be clean, and a second sync would succeed without them.
   */
  #fail(cause: unknown, waiting: readonly Acknowledge[] = []): void {
    this.#mustTruncate = true;
    this.#refuseUntilMs = this.#monotonicMs() + RETRY_AFTER_MS;
    this.#tell(cause instanceof Error ? cause.message : String(cause));
    this.droppedRecords += this.#stagedRecords;
    const behind = this.#waiting;
    this.#stagedBytes = 0;
    this.#stagedRecords = 0;
    this.#waiting = [];
    const error = new LogUnavailableError('the event log could not be written');
    for (const acknowledge of [...waiting, ...behind]) acknowledge(error);
  }

  #tell(problem: string | null): void {
    if (problem === null) this.#refuseUntilMs = null;
    if (problem !== this.#problem) this.#options.onProblem?.(problem);
    this.#problem = problem;
  }

  async #cutTail(): Promise<void> {
    await this.#file.truncate(this.#size);
    await this.#file.datasync();
    this.#mustTruncate = false;
  }

  async #roll(): Promise<void> {
    const sealedAt = new Date(this.#options.nowMs()).toISOString();
    const seal = frame(KIND.seal, JSON.stringify({ sealedAt, records: this.#records }));
    await writeAll(this.#file, seal, seal.length, this.#size);
    await this.#file.datasync();
    const next = await createSegment(this.#place, this.#segment + 1);
    const sealed = this.#file;
    this.#file = next.file;
    this.#segment = next.segment;
    this.#size = next.size;
    this.#records = 0;
    this.#begunAtMs = next.begunAtMs;
    // All of it is synced: what closing says changes nothing.
    await sealed.close().catch(() => undefined);
  }

  #notify(): void {
    for (const callback of [...this.#watchers]) {
      this.#watchers.delete(callback);
      callback();
    }
  }

  /** True when `position` lies in what has been pruned. */
  isPruned(position: LogPosition): boolean {
    return comparePositions(position, { segment: this.#firstSegment, offset: 0 }) < 0;
  }
}
