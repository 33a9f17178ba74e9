import { setTimeout as sleep } from 'node:timers/promises';
import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import { logStreamOf, positionText, readPositionText } from '../../../kernel/log-stream.ts';
import type { RedisCommands, RedisPort } from '../../../kernel/redis-port.ts';
import type { DurableLog } from './durable-log.ts';
import { KIND } from './frame.ts';
import { pageText } from './page-text.ts';
import { comparePositions } from './reader.ts';

export interface ShipLogOptions {
  readonly log: Pick<DurableLog, 'durableThrough' | 'firstSegment' | 'isPruned' | 'onceMore' | 'read'>;
  readonly nodeId: string;
  readonly redis: RedisPort;
  /** Takes an erased viewer out of a decision, see `pageText`. */
  readonly strip: (payload: string) => string;
  /** Everything before it is in the database. */
  readonly ingested: () => LogPosition;
  readonly onProblem: (error: unknown) => void;
}

const PAGE_RECORDS = 100;
/** Pages of a stream that nobody reads: some 100 MB at most. What falls out is read at the node. */
const MOST_PAGES = 1000;
/** Records gather this long, so that a page holds more than one. */
const LINGER_MS = 20;
const LOOK_AGAIN_MS = 1000;
const TIME_LIMIT_MS = 2000;

/**
 * Copies what is durable to the node's Redis stream, page by page. Nothing depends on it: who reads the stream and finds a
 * page missing asks the node for it.
 */
export class LogShipper {
  readonly #options: ShipLogOptions;
  readonly #key: string;
  #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();
  /** Where the next page begins; unknown after a failure. */
  #position: LogPosition | null = null;

  constructor(options: ShipLogOptions) {
    this.#options = options;
    this.#key = logStreamOf(options.nodeId);
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { redis, onProblem } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        if (!redis.isHere) this.#position = null;
        else this.#position ??= await this.#resume();
        if (this.#position === null) await this.#pause(LOOK_AGAIN_MS / 4);
        else await this.#ship(this.#position);
      } catch (error) {
        this.#position = null;
        onProblem(error);
        await this.#pause(LOOK_AGAIN_MS);
      }
    }
  }

  /** Behind what the stream and the database have. Null when Redis does not say. */
  async #resume(): Promise<LogPosition | null> {
    const { log, ingested } = this.#options;
    const last = await this.#ask((commands) => commands.xrevrange(this.#key, '+', '-', 'COUNT', 1));
    if (last === undefined) return null;
    const begin = this.#kept(ingested());
    const [, fields = []] = last[0] ?? [];
    const next = readPositionText(fields[fields.indexOf('next') + 1] ?? '');
    if (next === null) return begin;
    if (comparePositions(next, log.durableThrough) <= 0)
      return comparePositions(next, begin) > 0 ? next : begin;
    // Of another history of this log.
    const removed = await this.#ask((commands) => commands.del(this.#key));
    return removed === undefined ? null : begin;
  }

  #kept(position: LogPosition): LogPosition {
    const { log } = this.#options;
    return log.isPruned(position) ? { segment: log.firstSegment, offset: 0 } : position;
  }

  async #ship(from: LogPosition): Promise<void> {
    const { log, nodeId, strip } = this.#options;
    if (comparePositions(from, log.durableThrough) >= 0) return this.#more(log);
    const page = await log.read(this.#kept(from), PAGE_RECORDS, [KIND.decision, KIND.event]);
    const text = pageText(nodeId, page, log.durableThrough, strip);
    const added = await this.#ask((commands) =>
      commands
        .xadd(
          this.#key,
          ...['MAXLEN', '~', String(MOST_PAGES), positionText(from)],
          ...['next', positionText(page.next), 'page', text],
        )
        // There already: an answer that was lost. Where the stream ends is looked at again.
        .catch((error: Error) =>
          /smaller than the target/.test(error.message) ? null : Promise.reject(error),
        ),
    );
    this.#position = typeof added === 'string' ? page.next : null;
    if (added === undefined) await this.#pause(LOOK_AGAIN_MS / 4);
    else if (page.entries.length < PAGE_RECORDS) await this.#pause(LINGER_MS);
  }

  #ask<T>(question: (commands: RedisCommands) => Promise<T>): Promise<T | undefined> {
    return this.#options.redis.ask(question, { timeLimitMs: TIME_LIMIT_MS });
  }

  /** Until there is something new to read. */
  #more(log: ShipLogOptions['log']): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        cancel();
        this.#stopping.signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = log.onceMore(end);
      const timer = setTimeout(end, LOOK_AGAIN_MS);
      this.#stopping.signal.addEventListener('abort', end, { once: true });
    });
  }

  /** Cut short by a stop. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
