import type { DecisionRecord } from '../../kernel/delivery-protocol.ts';
import { decisionSecond } from './decision-id.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { comparePositions } from './log/reader.ts';

/** Newest decisions kept of each account, and how many of one second: of more they are a sample. */
const RECENT = 256;
const KEPT_A_SECOND = 32;
/** Segments a search by the caller's own id goes back, newest first. */
const SEARCHED_SEGMENTS = 4;
/** How long a record may wait for the disk. */
const LATEST_WRITE_SECONDS = 60;
/** An id of ours, whose second says where to look; a caller's own id can look like anything else. */
const DECISION_ID = /^dec_[0-9a-z]{1,12}[0-9a-f]{20}$/;

interface Recent {
  /** A ring; `next` is where the next one goes. */
  readonly payloads: string[];
  next: number;
  second: number;
  ofSecond: number;
}

/** Finds decisions in a node's own log: the newest ones in memory, older ones by the second that their id names. */
export class DecisionLookup {
  readonly #log: DurableLog;
  readonly #recent = new Map<string, Recent>();

  constructor(log: DurableLog) {
    this.#log = log;
  }

  /** Remembers one that has just been logged, as its JSON text. */
  add(accountId: string, payload: string, second: number): void {
    let recent = this.#recent.get(accountId);
    if (!recent) {
      recent = { payloads: [], next: 0, second, ofSecond: 0 };
      this.#recent.set(accountId, recent);
    }
    if (recent.second !== second) {
      recent.second = second;
      recent.ofSecond = 0;
    }
    if (recent.ofSecond++ >= KEPT_A_SECOND) return;
    recent.payloads[recent.next] = payload;
    recent.next = (recent.next + 1) % RECENT;
  }

  /** Changes the texts that are remembered of an account, in place. */
  rewrite(accountId: string, change: (payload: string) => string): void {
    const payloads = this.#recent.get(accountId)?.payloads ?? [];
    for (const [at, payload] of payloads.entries()) payloads[at] = change(payload);
  }

  /** The newest decisions of an account, newest first; a sample of them where there are very many. */
  newest(accountId: string, limit: number, wants: (record: DecisionRecord) => boolean): DecisionRecord[] {
    const found: DecisionRecord[] = [];
    for (const payload of this.#newestTexts(accountId)) {
      if (found.length >= limit) break;
      const record = JSON.parse(payload) as DecisionRecord;
      if (wants(record)) found.push(record);
    }
    return found;
  }

  *#newestTexts(accountId: string): Generator<string> {
    const recent = this.#recent.get(accountId);
    if (!recent) return;
    const { payloads, next } = recent;
    for (let back = 1; back <= payloads.length; back++) {
      const payload = payloads[(next - back + RECENT) % RECENT];
      if (payload !== undefined) yield payload;
    }
  }

  /** The decision of an id, or the newest that answered a caller's request id; undefined when the log has none. */
  async find(accountId: string, id: string): Promise<DecisionRecord | undefined> {
    const quoted = JSON.stringify(id);
    const matches = (record: DecisionRecord) =>
      record.request.accountId === accountId && (record.decisionId === id || record.request.requestId === id);
    for (const payload of this.#newestTexts(accountId)) {
      if (!payload.includes(quoted)) continue;
      const record = JSON.parse(payload) as DecisionRecord;
      if (matches(record)) return record;
    }
    const second = DECISION_ID.test(id) ? decisionSecond(id) : Number.NaN;
    const [from, to] =
      Number.isSafeInteger(second) && second > 0 ? await this.#around(second) : this.#newestSegments();
    let found: DecisionRecord | undefined;
    for await (const entry of this.#log.range(from, to, [KIND.decision])) {
      if (!entry.payload.includes(quoted)) continue;
      const record = JSON.parse(entry.payload) as DecisionRecord;
      if (matches(record)) found = record;
    }
    return found;
  }

  /**
   * Where records of a decision lie, and of what its stream asked shortly before: from the segment before its own, four in
   * all. `isWhole` says that no event of it can lie behind `to`.
   * @param lastSecond seconds since 1970 until which an event of it may come
   */
  async surroundings(second: number, lastSecond: number) {
    const [start] = await this.#around(second);
    const through = this.#log.durableThrough;
    const from = { segment: Math.max(this.#log.firstSegment, start.segment - 1), offset: 0 };
    const behind = from.segment + SEARCHED_SEGMENTS;
    if (behind > through.segment) return { from, to: through, isWhole: true };
    const createdAt = await this.#log.begunAt(behind);
    const isWhole = createdAt !== null && createdAt > (lastSecond + LATEST_WRITE_SECONDS) * 1000;
    return { from, to: { segment: behind, offset: 0 }, isWhole };
  }

  #newestSegments() {
    const through = this.#log.durableThrough;
    const segment = Math.max(this.#log.firstSegment, through.segment - SEARCHED_SEGMENTS + 1);
    return [{ segment, offset: 0 }, through] as const;
  }

  /** Segments that can hold a decision of this second: the last begun before it, to the first begun well after. */
  async #around(second: number) {
    const through = this.#log.durableThrough;
    let from = this.#log.firstSegment;
    let to: { segment: number; offset: number } = through;
    for (let segment = through.segment; segment >= this.#log.firstSegment; segment--) {
      const createdAt = await this.#log.begunAt(segment);
      if (createdAt === null) continue;
      // A record waits a moment for the disk, so it may lie in the segment after.
      if (createdAt > (second + LATEST_WRITE_SECONDS) * 1000) to = { segment, offset: 0 };
      if (createdAt <= second * 1000) {
        from = segment;
        break;
      }
    }
    const start = { segment: from, offset: 0 };
    return comparePositions(start, to) <= 0 ? ([start, to] as const) : ([start, through] as const);
  }
}
