import type { CountedLog } from '@cuepoint/contract';
import type { LogEntry, LogPosition } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { NodeSpendRow } from './domain/compare-node-spend.ts';
import { hourOf } from './domain/derive-rows.ts';
import { comparePositions } from './domain/positions.ts';
import { spentBefore } from './node-spend.ts';
import type { KeptLog, TruthPorts } from './ports.ts';
import { type CountedThrough, eventsBefore } from './stored-rows.ts';

/** A log that was counted, and as much of it as can be read. */
export interface OpenLog extends CountedThrough {
  state: CountedLog['state'];
  /** Null when it cannot be read. */
  source: KeptLog | null;
  /** First position that is kept; null when nothing can be read. */
  from: LogPosition | null;
  /** When the first kept record happened; null when there is none before the counted end. */
  firstAt: string | null;
  detail: string;
}

const place = ({ segment, offset }: LogPosition) => `segment ${segment}, offset ${offset}`;

/**
 * Finds the log of each counted node. One that nobody can read from here is no error: what was counted of it stays.
 * Asks no node when nothing was ever counted.
 * @throws LogSourceError when a node that is known does not answer
 */
export async function openLogs(ports: TruthPorts, counted: readonly CountedThrough[]): Promise<OpenLog[]> {
  if (counted.length === 0) return [];
  const sources = new Map<string, KeptLog>();
  for (const source of ports.logs) sources.set(await source.nodeId(), source);
  return Promise.all(counted.map((one) => openLog(one, sources.get(one.node))));
}

async function openLog(counted: CountedThrough, source: KeptLog | undefined): Promise<OpenLog> {
  const closed = { ...counted, source: null, from: null, firstAt: null };
  if (source === undefined) {
    const detail = `this installation knows no address of ${counted.node}; what was counted of it stays as it is`;
    return { ...closed, state: 'unknown', detail };
  }
  const from = await source.first();
  const { entries, durableThrough } = await source.read(from, { limit: 1, waitSeconds: 0 });
  const { through } = counted;
  if (comparePositions(durableThrough, through) < 0 || comparePositions(through, from) < 0) {
    const detail = `the log of ${counted.node} reaches from ${place(from)} to ${place(durableThrough)}, but ${place(through)} was counted: it is not the log that was; what was counted of that stays as it is`;
    return { ...closed, state: 'lost', detail };
  }
  const [first] = entries;
  const firstAt = first !== undefined && comparePositions(first, through) < 0 ? first.record.at : null;
  return from.segment > 1
    ? {
        ...counted,
        source,
        from,
        firstAt,
        state: 'pruned',
        detail: `what lies before ${place(from)} was pruned; what was counted of it stays as it is`,
      }
    : { ...counted, source, from, firstAt, state: 'whole', detail: 'kept from its beginning' };
}

/** As an answer shows it. */
export function shownLog({ node, state, from, through, lastEventAt, detail }: OpenLog): CountedLog {
  return { node, state, from, through, throughAt: lastEventAt, detail };
}

/** What lies in no log that can be read: stored events, and the last hour of which something may. Role app. */
export async function beyondReach(
  tx: Tx,
  logs: readonly OpenLog[],
): Promise<{ events: number; partialThrough: string | null }> {
  const hours: string[] = [];
  let events = 0;
  for (const log of logs) {
    if (log.state === 'whole') continue;
    const before = await eventsBefore(tx, log.node, log.from);
    events += before.events;
    // Records are written in the order they happen, so what was pruned is no younger than what follows it.
    const last = log.from === null ? log.lastEventAt : (log.firstAt ?? log.lastEventAt);
    for (const at of [last, before.latestAt]) if (at !== null) hours.push(hourOf(at));
  }
  return { events, partialThrough: hours.sort().at(-1) ?? null };
}

/** What each node spent in events that lie in no log that can be read. Role app. */
export async function spendBeyondReach(tx: Tx, logs: readonly OpenLog[]): Promise<NodeSpendRow[]> {
  const rows: NodeSpendRow[] = [];
  for (const log of logs)
    if (log.state !== 'whole') rows.push(...(await spentBefore(tx, log.node, log.from)));
  return rows;
}

/** One stretch of a log. */
export interface LogStretch {
  log: OpenLog;
  from: LogPosition;
  through: LogPosition;
}

/** The records of a stretch, page by page. A page says from where to where it reaches. */
export async function* pagesOf(
  { log, from, through }: LogStretch,
  limit: number,
): AsyncGenerator<LogStretch & { entries: LogEntry[] }> {
  const { source } = log;
  if (source === null) return;
  let position = from;
  while (comparePositions(position, through) < 0) {
    const page = await source.read(position, { limit, waitSeconds: 0 });
    const next = comparePositions(page.next, through) < 0 ? page.next : through;
    if (comparePositions(next, position) <= 0)
      throw new Error(`the log of ${log.node} does not go on at ${place(position)}`);
    yield {
      log,
      from: position,
      through: next,
      entries: page.entries.filter((entry) => comparePositions(entry, through) < 0),
    };
    position = next;
  }
}
