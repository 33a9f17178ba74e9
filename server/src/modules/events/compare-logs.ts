import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import {
  comparePage,
  isWithin,
  type KeySet,
  type PageJudge,
  type PageVerdict,
  positionOf,
  type StoredRow,
} from './domain/compare-page.ts';
import {
  accountOf,
  addHour,
  type EventRow,
  eventKey,
  hoursOfDecision,
  toEventRow,
} from './domain/derive-rows.ts';
import { comparePositions } from './domain/positions.ts';
import { addEvent, type Sums } from './domain/sums.ts';
import { type LogStretch, type OpenLog, pagesOf } from './open-logs.ts';
import { LogSourceError } from './ports.ts';
import { eventsBetween, eventsNamed } from './stored-rows.ts';

/** Keys up to a number: where everything is lost, memory must not grow with it. */
export class BoundedKeys implements KeySet {
  readonly #keys = new Set<string>();
  readonly #limit: number;
  /** True once a key was not remembered: repetitions of an event may then be taken for events. */
  isFull = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    if (this.#keys.size < this.#limit) this.#keys.add(key);
    else this.isFull = true;
  }
}

/** For a reading that repairs as it goes: the rows themselves say what was found before. */
export const nothingClaimed: KeySet = { has: () => false, add: () => undefined };

export interface Comparison {
  accountId: string;
  logs: readonly OpenLog[];
  campaigns: ReadonlyMap<string, { demo: boolean }>;
  claimed: KeySet;
  unexpected: KeySet;
  pageSize: number;
  /** Runs queries of one page. */
  query<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface PageRead {
  stretch: LogStretch;
  verdict: PageVerdict;
  /** Records of the account. */
  records: number;
}

/**
 * Reads stretches of logs and compares each page with what is stored of it, in memory of one page whatever the log's
 * length; adds what counts to `sums`.
 * @throws LogSourceError
 */
export async function* compareStretches(
  comparison: Comparison,
  stretches: Iterable<LogStretch>,
  sums: Sums,
): AsyncGenerator<PageRead> {
  for (const stretch of stretches) {
    for await (const { entries, ...page } of pagesOf(stretch, comparison.pageSize)) {
      const own = entries.filter((entry) => accountOf(entry) === comparison.accountId);
      const derived: EventRow[] = [];
      for (const entry of own) {
        const { record } = entry;
        if (record.type === 'decision') for (const row of hoursOfDecision(record)) addHour(sums.hours, row);
        else if (!record.duplicate) derived.push(toEventRow(entry, record));
      }
      const verdict = await comparison.query((tx) => judgePage(tx, comparison, page, derived));
      for (const row of verdict.counted) addEvent(sums, stretch.log.node, row);
      yield { stretch: page, verdict, records: own.length };
    }
  }
}

async function judgePage(
  tx: Tx,
  comparison: Comparison,
  { log, from, through }: LogStretch,
  derived: readonly EventRow[],
): Promise<PageVerdict> {
  const stored = await eventsBetween(tx, log.node, from, through);
  const held = new Set(stored.map(eventKey));
  const elsewhere = await eventsNamed(
    tx,
    derived.filter((row) => !held.has(eventKey(row))),
  );
  const judge: PageJudge = {
    claimed: comparison.claimed,
    unexpected: comparison.unexpected,
    isKnown: (campaignId) => campaignId === '' || comparison.campaigns.has(campaignId),
    restsOnAnother: (row, here) => restsOnAnother(comparison, row, log, here),
  };
  return comparePage({ node: log.node, derived, stored, elsewhere }, judge);
}

/** Whether a stored event may rest on another record than the one at `here` of `log`. */
async function restsOnAnother(
  { logs, unexpected }: Comparison,
  row: StoredRow,
  log: OpenLog,
  here: LogPosition,
): Promise<boolean> {
  const home = logs.find((one) => one.node === row.node);
  if (home === undefined) return false;
  const at = positionOf(row);
  // Of a log that cannot be read, or no longer there: nobody can say that it was not.
  if (home.from === null || comparePositions(at, home.from) < 0) return true;
  if (!isWithin(at, home.from, home.through) || unexpected.has(eventKey(row))) return false;
  if (home.node === log.node) return comparePositions(at, here) < 0;
  return isRecordOf(home, at, row);
}

/** Whether the record at a position reports this event. */
async function isRecordOf(log: OpenLog, at: LogPosition, row: StoredRow): Promise<boolean> {
  const next = { segment: at.segment, offset: at.offset + 1 };
  try {
    for await (const { entries } of pagesOf({ log, from: at, through: next }, 1)) {
      const [entry] = entries;
      if (entry === undefined || entry.record.type === 'decision' || entry.record.duplicate) return false;
      const isThere = comparePositions(entry, at) === 0;
      return isThere && eventKey(toEventRow(entry, entry.record)) === eventKey(row);
    }
  } catch (error) {
    // Not the start of a record.
    if (!(error instanceof LogSourceError) || error.kind !== 'position_lost') throw error;
  }
  return false;
}

/** All that was counted of the logs that can be read. */
export function wholeLogs(logs: readonly OpenLog[]): LogStretch[] {
  return logs.flatMap((log) => (log.from === null ? [] : [{ log, from: log.from, through: log.through }]));
}
