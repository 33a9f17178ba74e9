import { type EventsRebuild, rebuildEvents } from '@cuepoint/contract';
import { type HandlerContext, implementPrepared } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { insertEvents } from '../apply-page.ts';
import {
  BoundedKeys,
  type Comparison,
  compareStretches,
  nothingClaimed,
  wholeLogs,
} from '../compare-logs.ts';
import { byHourKey, compareHours, type HourVerdict } from '../domain/compare-hours.ts';
import type { PageVerdict, StoredRow } from '../domain/compare-page.ts';
import { compareReach, undecidedReach } from '../domain/compare-reach.ts';
import type { HourRow } from '../domain/derive-rows.ts';
import { comparePositions } from '../domain/positions.ts';
import { copySums, noSums, type Sums } from '../domain/sums.ts';
import { rederiveNodeSpend } from '../node-spend.ts';
import { beyondReach, type LogStretch, type OpenLog, openLogs, shownLog } from '../open-logs.ts';
import type { TruthPorts } from '../ports.ts';
import { insertReach, readSketches, removeReach, storedReach } from '../stored-reach.ts';
import {
  countedThrough,
  eventsBeyond,
  insertHours,
  removeEvents,
  removeHours,
  storedEventTotal,
  storedHours,
} from '../stored-rows.ts';
import { readingOf, refuseUnread, uncomparedOf } from './verify-events.ts';

/** A reading of the logs before anything is locked. */
interface Reading {
  logs: OpenLog[];
  /** Stretches in which something is wrong. */
  damaged: LogStretch[];
  sums: Sums;
  removedRecords: number;
  /** Too much is wrong to tell repetitions from events: all is read again while it is repaired. */
  isOverfull: boolean;
}

/** Finds what is wrong, with nothing locked, so that the lock is held for no longer than the repair takes. */
async function readLogs(ports: TruthPorts, accountId: string): Promise<Reading> {
  const query = <T>(work: (tx: Tx) => Promise<T>) =>
    ports.database.withTransaction({ role: 'app', accountId, readOnly: true }, work);
  const { counted, campaigns } = await query(async (tx) => ({
    counted: await countedThrough(tx, 'seen'),
    campaigns: await ports.campaigns(tx, 'seen'),
  }));
  const logs = await openLogs(ports, counted);
  const { pageSize, rememberedEvents } = readingOf(ports);
  const claimed = new BoundedKeys(rememberedEvents);
  const unexpected = new BoundedKeys(rememberedEvents);
  const reading: Reading = { logs, damaged: [], sums: noSums(), removedRecords: 0, isOverfull: false };
  const comparison: Comparison = { accountId, logs, campaigns, claimed, unexpected, pageSize, query };
  for await (const { stretch, verdict } of compareStretches(comparison, wholeLogs(logs), reading.sums)) {
    reading.removedRecords += verdict.removedRecords;
    if (verdict.findings.length > 0) addStretch(reading.damaged, stretch);
    reading.isOverfull = claimed.isFull || unexpected.isFull;
    if (reading.isOverfull) break;
  }
  return reading;
}

/** Neighbours become one, so that the list is as long as the damage is scattered. */
function addStretch(list: LogStretch[], next: LogStretch): void {
  const last = list.at(-1);
  if (last !== undefined && last.log === next.log && comparePositions(last.through, next.from) === 0)
    last.through = next.through;
  else list.push({ ...next });
}

/** What is still to read once nobody counts on: what was damaged, and what was counted since. */
function remaining(reading: Reading, logs: readonly OpenLog[]): LogStretch[] {
  if (reading.isOverfull) return wholeLogs(logs);
  const stretches = [...reading.damaged];
  for (const stretch of wholeLogs(logs)) {
    const read = reading.logs.find(({ node, from }) => node === stretch.log.node && from !== null);
    const from = read === undefined ? stretch.from : read.through;
    if (comparePositions(from, stretch.through) < 0) stretches.push({ ...stretch, from });
  }
  return stretches;
}

const HOURS_AT_ONCE = 2000;

async function applyPage(tx: Tx, node: string, { remove, put }: PageVerdict): Promise<void> {
  await removeEvents(tx, remove);
  await insertEvents(tx, node, put);
}

async function applyHours(tx: Tx, { remove, put }: HourVerdict): Promise<void> {
  for (let at = 0; at < remove.length; at += HOURS_AT_ONCE)
    await removeHours(tx, remove.slice(at, at + HOURS_AT_ONCE));
  for (let at = 0; at < put.length; at += HOURS_AT_ONCE)
    await insertHours(tx, put.slice(at, at + HOURS_AT_ONCE));
}

async function removeStray(tx: Tx): Promise<number> {
  let removed = 0;
  for (;;) {
    const stray: StoredRow[] = await eventsBeyond(tx, 5000);
    if (stray.length === 0) return removed;
    await removeEvents(tx, stray);
    removed += stray.length;
  }
}

/** Repairs in the transaction of `context`: all of it is kept, with its audit entry, or nothing. */
async function repair(
  ports: TruthPorts,
  { tx, accountId }: Pick<HandlerContext, 'tx' | 'accountId'>,
  reading: Reading,
): Promise<EventsRebuild> {
  const counted = await countedThrough(tx, 'locked');
  const campaigns = await ports.campaigns(tx, 'held');
  const logs = await openLogs(ports, counted);
  const before = await storedHours(tx);
  const reachBefore = await storedReach(tx);
  const eventsBefore = await storedEventTotal(tx);
  // The work may run again after a conflict, so what was read before stays as it was.
  const sums = reading.isOverfull ? noSums() : copySums(reading.sums);
  const events = { inserted: 0, updated: 0, removed: 0 };
  let removedRecords = reading.isOverfull ? 0 : reading.removedRecords;
  const comparison: Comparison = {
    accountId,
    logs,
    campaigns,
    // What was repaired is seen by the next page, in this transaction.
    claimed: nothingClaimed,
    unexpected: nothingClaimed,
    pageSize: readingOf(ports).pageSize,
    query: (work) => work(tx),
  };
  const damaged = new Set(reading.isOverfull ? [] : reading.damaged);
  for (const stretch of remaining(reading, logs)) {
    // The counts of a stretch that was read before are among the sums already.
    const into = damaged.has(stretch) ? noSums() : sums;
    for await (const { verdict } of compareStretches(comparison, [stretch], into)) {
      for (const { kind } of verdict.findings)
        events[kind === 'event_missing' ? 'inserted' : kind === 'event_differs' ? 'updated' : 'removed']++;
      await applyPage(tx, stretch.log.node, verdict);
      if (into === sums) removedRecords += verdict.removedRecords;
    }
  }
  events.removed += await removeStray(tx);
  const nodeSpend = await rederiveNodeSpend(tx);

  const reach = await beyondReach(tx, logs);
  const hours = byHourKey(before);
  const rules = { partialThrough: reach.partialThrough, campaigns };
  const verdict = compareHours(sums.hours, hours, rules);
  await applyHours(tx, verdict);
  await readSketches(tx, undecidedReach(sums.reach, reachBefore, rules));
  const viewers = compareReach(sums.reach, reachBefore, rules);
  await removeReach(tx, viewers.remove);
  await insertReach(tx, viewers.put);
  const after = await storedHours(tx);
  const found = { hours: verdict.findings, reach: viewers.findings };
  return {
    changed:
      found.hours.length + found.reach.length > 0 ||
      [events, nodeSpend].some(({ inserted, updated, removed }) => inserted + updated + removed > 0),
    logs: logs.map(shownLog),
    events: { before: eventsBefore, after: await storedEventTotal(tx), ...events },
    hours: {
      before: before.length,
      after: after.length,
      ...changesOf(found.hours, 'hour'),
    },
    reach: {
      before: reachBefore.size,
      after: reachBefore.size + viewers.put.length - viewers.remove.length,
      ...changesOf(found.reach, 'reach'),
    },
    nodeSpend,
    spend: spendOf(before, after),
    uncompared: uncomparedOf(verdict, reach, removedRecords),
  };
}

function changesOf(findings: ReadonlyArray<{ kind: string }>, rows: 'hour' | 'reach') {
  const countOf = (kind: string) => findings.filter((finding) => finding.kind === `${rows}_${kind}`).length;
  return { inserted: countOf('missing'), updated: countOf('differs'), removed: countOf('unexpected') };
}

function spendOf(before: readonly HourRow[], after: readonly HourRow[]): EventsRebuild['spend'] {
  const sums = new Map<string, { beforeMicros: number; afterMicros: number }>();
  for (const [rows, side] of [
    [before, 'beforeMicros'],
    [after, 'afterMicros'],
  ] as const)
    for (const { currency, spent_micros } of rows) {
      if (currency === '') continue;
      const sum = sums.get(currency) ?? { beforeMicros: 0, afterMicros: 0 };
      sum[side] += spent_micros;
      sums.set(currency, sum);
    }
  return [...sums]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([currency, sum]) => ({ currency, ...sum }));
}

/** Of a log of two gigabytes of which nothing is stored, each event is written again: that takes about ten minutes. */
const TIME_LIMIT_MS = 30 * 60_000;

/**
 * Derives what is stored of the account again. Of one account, as every operation, under its row-level security: the logs
 * serve all accounts, but the caller may answer for the rows of one only, and rows of others are neither read nor locked.
 *
 * First everything is compared with nothing locked; then, in one transaction with the audit entry, the rows that the
 * ingesters lock are locked, what was counted meanwhile is read too, and only what is wrong is put right. So a reader sees
 * the old or the new, a failure leaves the old, and an ingester beside it waits and goes on where it stood. What no log
 * holds any more is left as it is.
 */
export function rebuildEventsOperation(ports: TruthPorts) {
  return implementPrepared(
    rebuildEvents,
    (_input, { accountId, fail }) =>
      readLogs(ports, accountId).catch((error: unknown) => refuseUnread(error, fail)),
    async (_input, context, reading) => {
      const result = await repair(ports, context, reading).catch((error: unknown) =>
        refuseUnread(error, context.fail),
      );
      const { changed, events, hours, reach, nodeSpend, spend } = result;
      const entity = { kind: 'account', id: context.accountId };
      const side = (of: 'before' | 'after') => ({
        events: events[of],
        hours: hours[of],
        reach: reach[of],
        spentMicros: Object.fromEntries(spend.map((one) => [one.currency, one[`${of}Micros`]])),
      });
      const rows = ({ inserted, updated, removed }: typeof events) => ({ inserted, updated, removed });
      context.record(
        changed
          ? {
              entity,
              before: side('before'),
              after: {
                ...side('after'),
                eventRows: rows(events),
                hourRows: rows(hours),
                reachRows: rows(reach),
                nodeSpendRows: rows(nodeSpend),
              },
            }
          : { entity, before: null, after: null, reason: 'rebuilt from the logs: nothing was wrong' },
      );
      if (changed) context.emit('events.ingested', entity);
      return result;
    },
    { timeLimitMs: TIME_LIMIT_MS },
  );
}
