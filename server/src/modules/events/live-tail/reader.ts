import { setTimeout as sleep } from 'node:timers/promises';
import type { TailSource } from '@cuepoint/contract';
import type { LogEntry, LogPage, LogPosition } from '../../../kernel/delivery-protocol.ts';
import { accountOf } from '../domain/derive-rows.ts';
import { comparePositions } from '../domain/positions.ts';
import { tailRecord } from '../domain/tail-records.ts';
import { type KeptLog, LogSourceError } from '../ports.ts';
import type { TailSubscriber } from './subscriber.ts';

/** Records asked for at once. */
const PAGE = 2000;
/** Further behind than this, reading everything would show what is long past: the rest is passed over and said. */
const MOST_BEHIND_BYTES = 8 * 1024 * 1024;
/** Records that are read again for one who comes back. */
const MOST_RESUMED = 20_000;
const AT_THE_END = 'at the end of the log';
/** So that a quiet log is not asked once a record. */
const LINGER_MS = 100;

export interface TailReaderPorts {
  source: KeptLog;
  subscribers(): Iterable<TailSubscriber>;
  retryMs: number;
  waitSeconds: number;
}

/** Follows one node's log from its end, once for all who listen. Touches no database. */
export class TailReader {
  readonly #ports: TailReaderPorts;
  readonly #stopping = new AbortController();
  #poll = new AbortController();
  #state: TailSource = { node: null, state: 'connecting', detail: 'asking the node where its log ends' };
  #position: LogPosition | null = null;
  readonly #done: Promise<void>;

  constructor(ports: TailReaderPorts) {
    this.#ports = ports;
    this.#done = this.#run();
  }

  get state(): TailSource {
    return this.#state;
  }

  /** Somebody has come who wants to go on from before: not only when the next record is written. */
  kick(): void {
    this.#poll.abort();
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#poll.abort();
    return this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#step();
      } catch (error) {
        if (signal.aborted) return;
        if (this.#poll.signal.aborted) continue;
        this.#lost(error);
        // Rejects only when it is stopped, which is looked at next.
        await sleep(this.#ports.retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  #lost(error: unknown): void {
    const detail = error instanceof Error ? error.message : String(error);
    this.#state = { ...this.#state, state: 'unavailable', detail };
    const isGone = error instanceof LogSourceError && error.kind === 'position_lost';
    if (!isGone || this.#position === null) return;
    this.#position = null;
    this.#tellGap('the log no longer holds what comes next; it goes on at its end');
  }

  async #step(): Promise<void> {
    const { source, waitSeconds } = this.#ports;
    const node = await source.nodeId();
    this.#poll = new AbortController();
    this.#position ??= await endOf(source);
    await this.#resume(node, this.#position);
    const from = this.#position;
    if (this.#state.state !== 'behind') this.#state = { node, state: 'following', detail: AT_THE_END };
    const page = await source.read(from, { limit: PAGE, waitSeconds, signal: this.#poll.signal });
    // Who goes on from before gets this page with what it missed, in order.
    const following = [...this.#ports.subscribers()].filter(({ resume }) => !resume.has(node));
    for (const subscriber of following) give(subscriber, node, page, page.entries);
    this.#position = page.next;
    const behind = distance(page.next, page.durableThrough);
    if (behind === null || behind > MOST_BEHIND_BYTES) {
      this.#position = page.durableThrough;
      const much = behind === null ? 'more than a segment' : `${(behind / 1e6).toFixed(1)} MB`;
      this.#tellGap(`${much} passed over: the log is written faster than it can be read here`);
    }
    for (const subscriber of following) subscriber.reached(node, this.#position);
    this.#state =
      behind === 0
        ? { node, state: 'following', detail: AT_THE_END }
        : { node, state: 'behind', detail: `${behind ?? 'many'} bytes behind the end of the log` };
    // Rejects only when it is stopped, which is looked at next.
    if (page.entries.length > 0 && behind === 0)
      await sleep(LINGER_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  #tellGap(detail: string): void {
    const node = this.#state.node ?? '';
    for (const subscriber of this.#ports.subscribers()) subscriber.gap(node, detail);
  }

  /** What was written since somebody left, for those who have come back; the others wait a moment and miss nothing. */
  async #resume(node: string, through: LogPosition): Promise<void> {
    for (const subscriber of this.#ports.subscribers()) {
      const after = subscriber.resume.get(node);
      if (after === undefined) continue;
      subscriber.resume.delete(node);
      try {
        if (!(await this.#readAgain(subscriber, node, after, through)))
          subscriber.gap(node, `more than ${MOST_RESUMED} records came meanwhile; the rest is passed over`);
      } catch (error) {
        if (!(error instanceof LogSourceError) || error.kind !== 'position_lost') throw error;
        subscriber.gap(node, 'the log no longer holds what came meanwhile');
      }
    }
  }

  async #readAgain(subscriber: TailSubscriber, node: string, after: LogPosition, through: LogPosition) {
    let from = after;
    for (let read = 0; comparePositions(from, through) < 0; ) {
      if (read >= MOST_RESUMED) return false;
      const page = await this.#ports.source.read(from, {
        limit: PAGE,
        waitSeconds: 0,
        signal: this.#stopping.signal,
      });
      const missed = page.entries.filter((entry) => comparePositions(entry, through) < 0);
      give(subscriber, node, page, missed);
      read += page.entries.length;
      if (comparePositions(page.next, from) <= 0) break;
      from = page.next;
    }
    return true;
  }
}

/** The records of its account, each with where the log goes on behind it. */
function give(
  subscriber: TailSubscriber,
  node: string,
  { next }: LogPage,
  entries: readonly LogEntry[],
): void {
  for (const [at, entry] of entries.entries()) {
    if (accountOf(entry) !== subscriber.accountId) continue;
    const following = entries[at + 1];
    const behind = following ? { segment: following.segment, offset: following.offset } : next;
    subscriber.offer(tailRecord(node, entry), behind);
  }
}

async function endOf(source: KeptLog): Promise<LogPosition> {
  const { durableThrough } = await source.read(await source.first(), { limit: 1, waitSeconds: 0 });
  return durableThrough;
}

/** Bytes from one position to another; null when segments lie between. */
function distance(from: LogPosition, to: LogPosition): number | null {
  if (from.segment === to.segment) return Math.max(0, to.offset - from.offset);
  // The segment after: what is left of this one is not known, and no more than a moment's writing.
  return to.segment === from.segment + 1 && from.offset > 0 ? to.offset + 1 : null;
}
