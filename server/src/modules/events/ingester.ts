import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import { type AppliedPage, applyPage, readOffset } from './apply-page.ts';
import { comparePositions } from './domain/positions.ts';
import { type IngestDatabase, type LogSource, LogSourceError, type ReadPage } from './ports.ts';
import { tracedPage } from './trace-page.ts';

export interface IngesterPorts {
  database: IngestDatabase;
  source: LogSource;
  clock: Clock;
  /** After each commit that brought something. */
  onIngested?(batch: AppliedPage): void;
  /** The node or the database could not be used; called once per failure, with how many came in a row. */
  onError?(error: unknown, failures: number): void;
  /** Records in one transaction. Default 1000. */
  batchSize?: number;
  /** How long a pull waits at the node for something new, whole seconds. Default 3: `freshAt` is that old at most. */
  waitSeconds?: number;
  /** Pause after a page that was not full, ms, so that the next one gathers more than a record. Default 50. */
  lingerMs?: number;
  /** First and longest pause after a failure, ms. Default 250 and 5000. */
  backOffMs?: { first: number; longest: number };
}

export interface IngestTotals {
  pages: number;
  decisions: number;
  events: number;
  duplicates: number;
  unknownAccounts: number;
  unattributed: number;
}

export interface IngesterState extends IngestTotals {
  nodeId: string | null;
  position: LogPosition | null;
  /** Everything acknowledged before this instant is counted; null before the log's end was reached once. */
  freshAt: Date | null;
  /** Why it does not go on, and since how many attempts. */
  failure: { kind: LogSourceError['kind'] | 'database'; message: string; failures: number } | null;
}

export interface Ingester {
  /** Pulls until stopped. */
  start(): void;
  /**
   * Counts everything that was durable on the node when it was called, beside a running loop or alone.
   * @throws LogSourceError, or what the database threw
   */
  ingestNow(signal?: AbortSignal): Promise<IngestTotals>;
  state(): IngesterState;
  /** Lets an open transaction end, and answers when nothing runs any more. */
  stop(): Promise<void>;
}

/**
 * Brings one node's log into the database. Any number may run for the same node: the stored offset decides whose page
 * counts, and each record counts once.
 */
export function createIngester(ports: IngesterPorts): Ingester {
  const { database, source, clock } = ports;
  const limit = ports.batchSize ?? 1000;
  const backOff = ports.backOffMs ?? { first: 250, longest: 5000 };
  const stopping = new AbortController();
  const totals = emptyTotals();
  const state: Omit<IngesterState, keyof IngestTotals> = {
    nodeId: null,
    position: null,
    freshAt: null,
    failure: null,
  };
  let loop: Promise<void> | null = null;

  async function begin(): Promise<LogPosition> {
    const nodeId = await source.nodeId();
    state.nodeId = nodeId;
    return database.withTransaction({ role: 'ingester', readOnly: true }, (tx) => readOffset(tx, nodeId));
  }

  /** Pulls one page and commits it. Answers where to go on. */
  async function step(
    from: LogPosition,
    waitSeconds: number,
    signal: AbortSignal,
    sum: IngestTotals,
  ): Promise<{ position: LogPosition; page: ReadPage; applied: boolean }> {
    const askedAt = clock.now();
    const page = await source.read(from, { limit, waitSeconds, signal });
    const moved = !samePosition(page.next, from);
    let applied = true;
    let position = from;
    if (moved) {
      const batch = await tracedPage(page, clock, () =>
        database.withTransaction({ role: 'ingester' }, (tx) => applyPage(tx, page, from, clock.now())),
      );
      applied = batch.applied;
      position = batch.position;
      if (applied) {
        for (const into of [totals, sum]) add(into, batch);
        if (page.entries.length > 0) ports.onIngested?.(batch);
      }
    }
    state.position = position;
    state.failure = null;
    // A pull that waited answers with what is durable at its end, but only what was there at its start is certain.
    if (applied && !page.isFromStream && samePosition(position, page.durableThrough))
      state.freshAt = laterOf(state.freshAt, askedAt);
    return { position, page, applied };
  }

  /** Ends early, and without an error, when the ingester is stopped. */
  async function pause(ms: number): Promise<void> {
    // Rejects only when the ingester is stopped, which its loop looks at next.
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  async function run(): Promise<void> {
    let position: LogPosition | null = null;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        position ??= await begin();
        const waitSeconds = ports.waitSeconds ?? 3;
        const result = await step(position, waitSeconds, stopping.signal, emptyTotals());
        position = result.position;
        failures = 0;
        const { length } = result.page.entries;
        if (length > 0 && length < limit) await pause(ports.lingerMs ?? 50);
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures++;
        // Whatever was thought to be stored may not be: look again.
        position = null;
        state.failure = {
          kind: error instanceof LogSourceError ? error.kind : 'database',
          message: error instanceof Error ? error.message : String(error),
          failures,
        };
        ports.onError?.(error, failures);
        await pause(Math.min(backOff.longest, backOff.first * 2 ** Math.min(failures - 1, 16)));
      }
    }
  }

  return {
    start() {
      loop ??= run();
    },
    async ingestNow(signal = stopping.signal) {
      const sum = emptyTotals();
      let position = await begin();
      let through: LogPosition | null = null;
      for (;;) {
        signal.throwIfAborted();
        const result = await step(position, 0, signal, sum);
        position = result.position;
        // Only what was durable at the first look: a busy node would never let it end.
        through ??= result.page.durableThrough;
        if (comparePositions(position, through) >= 0) return sum;
      }
    },
    state: () => ({ ...totals, ...state }),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

function emptyTotals(): IngestTotals {
  return { pages: 0, decisions: 0, events: 0, duplicates: 0, unknownAccounts: 0, unattributed: 0 };
}

function add(into: IngestTotals, batch: AppliedPage): void {
  into.pages++;
  into.decisions += batch.decisions;
  into.events += batch.events;
  into.duplicates += batch.duplicates;
  into.unknownAccounts += batch.unknownAccounts;
  into.unattributed += batch.unattributed;
}

function laterOf(left: Date | null, right: Date): Date {
  return left !== null && left > right ? left : right;
}

function samePosition(left: LogPosition, right: LogPosition): boolean {
  return comparePositions(left, right) === 0;
}
