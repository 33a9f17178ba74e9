import type { TailFilter, TailRecord, TailSource, TailStats } from '@cuepoint/contract';
import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import { positionsText, type TailPositions } from '../../../kernel/tail-position.ts';
import { TailMatcher } from '../domain/tail-records.ts';

/** Records that wait for a receiver; of more the oldest are dropped and counted. */
export const MOST_WAITING = 2000;

export interface TailRequest {
  accountId: string;
  filter: TailFilter;
  /** Goes on behind these positions where the logs still hold them; null: with what comes from now on. */
  after: TailPositions | null;
  /** Records a second at most; of more an even sample is given. */
  perSecond: number;
  /** Milliseconds of a clock that only goes forward. */
  nowMs: () => number;
}

/** A record, and where to go on after it. */
export interface TailItem {
  id: string;
  record: TailRecord;
}

/** One receiver: what it wants, what waits for it, and the account of what it was not given. */
export class TailSubscriber {
  readonly accountId: string;
  readonly resume: Map<string, LogPosition>;
  readonly #matcher: TailMatcher;
  readonly #perSecond: number;
  readonly #nowMs: () => number;
  readonly #positions = new Map<string, LogPosition>();
  #waiting: { record: TailRecord; next: LogPosition }[] = [];
  #tokens: number;
  #refilledMs: number;
  #toldMs: number;
  #counts = noCounts();

  constructor({ accountId, filter, after, perSecond, nowMs }: TailRequest) {
    this.accountId = accountId;
    this.resume = new Map(after ?? []);
    this.#matcher = new TailMatcher(filter);
    this.#perSecond = perSecond;
    this.#nowMs = nowMs;
    this.#tokens = perSecond;
    this.#refilledMs = nowMs();
    this.#toldMs = this.#refilledMs;
  }

  /** A record of its account. @param next where the log goes on behind it */
  offer(record: TailRecord, next: LogPosition): void {
    this.#counts.seen++;
    if (!this.#matcher.wants(record)) return;
    this.#counts.matched++;
    this.#waiting.push({ record, next });
    // In one go, now and then: shifting one by one costs in proportion to the rest.
    if (this.#waiting.length >= 2 * MOST_WAITING) this.#dropOldest();
  }

  /** A log was read to here, whatever of it was wanted. */
  reached(node: string, position: LogPosition): void {
    this.#positions.set(node, position);
  }

  gap(node: string, detail: string): void {
    this.#counts.gaps.push({ node, detail });
  }

  /** What it may have now, oldest first. Called only when the receiver can take it. */
  take(): TailItem[] {
    this.#dropOldest();
    const nowMs = this.#nowMs();
    this.#tokens = Math.min(
      this.#perSecond,
      this.#tokens + ((nowMs - this.#refilledMs) / 1000) * this.#perSecond,
    );
    this.#refilledMs = nowMs;
    const waiting = this.#waiting;
    const given = Math.min(waiting.length, Math.floor(this.#tokens));
    if (given === 0 && waiting.length <= this.#perSecond) return [];
    this.#waiting = [];
    this.#tokens -= given;
    this.#counts.sent += given;
    this.#counts.sampledOut += waiting.length - given;
    const items: TailItem[] = [];
    const at = new Map(this.#sent);
    for (let one = 0; one < given; one++) {
      const { record, next } = waiting[Math.floor((one * waiting.length) / given)]!;
      at.set(record.node, next);
      items.push({ id: positionsText(at), record });
    }
    this.#sent = new Map(this.#positions);
    return items;
  }

  /** Through where everything was given or counted as left out. */
  #sent: Map<string, LogPosition> = new Map();

  /** What happened since it was last asked, with where to go on after all of that. */
  stats(sources: readonly TailSource[]): { id: string; stats: TailStats } {
    const nowMs = this.#nowMs();
    const seconds = Math.round(nowMs - this.#toldMs) / 1000;
    this.#toldMs = nowMs;
    const { gaps, ...counts } = this.#counts;
    this.#counts = noCounts();
    if (this.#waiting.length === 0) this.#sent = new Map(this.#positions);
    return { id: positionsText(this.#sent), stats: { seconds, ...counts, gaps, sources: [...sources] } };
  }

  #dropOldest(): void {
    const over = this.#waiting.length - MOST_WAITING;
    if (over <= 0) return;
    this.#waiting = this.#waiting.slice(over);
    this.#counts.dropped += over;
  }
}

function noCounts(): Pick<TailStats, 'seen' | 'matched' | 'sent' | 'sampledOut' | 'dropped' | 'gaps'> {
  return { seen: 0, matched: 0, sent: 0, sampledOut: 0, dropped: 0, gaps: [] };
}
