import {
  type CountDifference,
  type EventsVerification,
  type Uncompared,
  verifyEvents,
} from '@cuepoint/contract';
import { implementPrepared } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { BoundedKeys, type Comparison, compareStretches, wholeLogs } from '../compare-logs.ts';
import { byHourKey, compareHours, type HourFinding, type HourVerdict } from '../domain/compare-hours.ts';
import { addNodeSum, compareNodeSpend, type NodeSpendFinding } from '../domain/compare-node-spend.ts';
import { type EventFinding, moneyOf } from '../domain/compare-page.ts';
import { compareReach, type ReachFinding, undecidedReach } from '../domain/compare-reach.ts';
import { rolledUpName } from '../domain/derive-rows.ts';
import { noSums } from '../domain/sums.ts';
import { storedNodeSpend } from '../node-spend.ts';
import { beyondReach, openLogs, shownLog, spendBeyondReach } from '../open-logs.ts';
import { LogSourceError, type TruthPorts } from '../ports.ts';
import { readSketches, storedReach } from '../stored-reach.ts';
import { countedThrough, eventsBeyond, storedHours } from '../stored-rows.ts';

const PAGE = 5000;
const REMEMBERED = 100_000;

/** Settings of a reading of logs, with their defaults. */
export function readingOf({ pageSize, rememberedEvents }: TruthPorts) {
  return { pageSize: pageSize ?? PAGE, rememberedEvents: rememberedEvents ?? REMEMBERED };
}

/**
 * Compares what is stored of an account with what the logs say, to the unit and the micro. Counts, hourly rows and how
 * far each log was counted are of one moment; each log is then read to that position and never beyond, so an ingester
 * that goes on meanwhile makes no difference. Nothing is locked and nothing written; a page of the log is compared in a
 * transaction of its own, so memory is that of a page, the hourly rows, and the events found wrong up to a limit.
 * @param limit differences to list
 * @throws LogSourceError when a node does not answer
 */
export async function verify(
  ports: TruthPorts,
  accountId: string,
  limit: number,
): Promise<EventsVerification> {
  const read = <T>(work: (tx: Tx) => Promise<T>) =>
    ports.database.withTransaction(
      { role: 'app', accountId, readOnly: true, isolation: 'repeatable read' },
      work,
    );
  const { counted, hours, reached, spent, campaigns } = await read(async (tx) => ({
    counted: await countedThrough(tx, 'seen'),
    hours: await storedHours(tx),
    reached: await storedReach(tx),
    spent: await storedNodeSpend(tx),
    campaigns: await ports.campaigns(tx, 'seen'),
  }));
  const logs = await openLogs(ports, counted);
  const { pageSize, rememberedEvents } = readingOf(ports);
  const comparison: Comparison = {
    accountId,
    logs,
    campaigns,
    claimed: new BoundedKeys(rememberedEvents),
    unexpected: new BoundedKeys(rememberedEvents),
    pageSize,
    query: read,
  };
  const differences: CountDifference[] = [];
  let differencesTotal = 0;
  const report = (difference: CountDifference) => {
    if (differences.length < limit) differences.push(difference);
    differencesTotal++;
  };
  const sums = noSums();
  const seen = { records: 0, events: 0, removed: 0 };
  for await (const { verdict, records } of compareStretches(comparison, wholeLogs(logs), sums)) {
    seen.records += records;
    seen.events += verdict.counted.length;
    seen.removed += verdict.removedRecords;
    for (const finding of verdict.findings) report(ofEvent(finding));
  }
  const { stray, reach, unseen } = await read(async (tx) => ({
    stray: await eventsBeyond(tx, rememberedEvents),
    reach: await beyondReach(tx, logs),
    unseen: await spendBeyondReach(tx, logs),
  }));
  for (const row of stray) report(ofEvent({ kind: 'event_unexpected', row, fields: moneyOf(null, row) }));
  const rules = { partialThrough: reach.partialThrough, campaigns };
  const verdict = compareHours(sums.hours, byHourKey(hours), rules);
  for (const finding of verdict.findings) report(ofHour(finding));
  await read((tx) => readSketches(tx, undecidedReach(sums.reach, reached, rules)));
  const viewers = compareReach(sums.reach, reached, rules);
  for (const finding of viewers.findings) report(ofReach(finding));
  for (const row of unseen) addNodeSum(sums.nodeSpend, row);
  const byNode = compareNodeSpend(sums.nodeSpend, spent, rules);
  for (const finding of byNode.findings) report(ofNodeSpend(finding));
  return {
    agrees: differencesTotal === 0,
    logs: logs.map(shownLog),
    compared: {
      records: seen.records,
      events: seen.events,
      hours: verdict.compared,
      reach: viewers.compared,
      nodeSpend: byNode.compared,
      spend: [...verdict.spend].sort(byCurrency).map(([currency, { log, stored }]) => ({
        currency,
        logMicros: log,
        storedMicros: stored,
      })),
    },
    uncompared: uncomparedOf(verdict, reach, seen.removed),
    differences,
    differencesTotal,
  };
}

const byCurrency = ([left]: [string, unknown], [right]: [string, unknown]) => (left < right ? -1 : 1);

/** What no log can tell, as an answer says it. */
export function uncomparedOf(
  verdict: HourVerdict,
  reach: { events: number; partialThrough: string | null },
  removedRecords: number,
): Uncompared {
  return {
    events: reach.events,
    hours: verdict.partial,
    hoursThrough: reach.partialThrough,
    removedRecords,
    demoHours: verdict.demo,
    demoSpend: [...verdict.demoSpend].sort(byCurrency).map(([currency, micros]) => ({ currency, micros })),
  };
}

function ofEvent({ kind, row, fields }: EventFinding): CountDifference {
  return {
    kind,
    at: new Date(row.at).toISOString(),
    // As its hourly row calls it.
    event: rolledUpName(row.event, row.invalid),
    decisionId: row.decision_id,
    position: row.ad_position,
    campaignId: row.campaign_id,
    lineItemId: row.line_item_id,
    flightId: row.flight_id,
    creativeId: row.creative_id,
    placementId: row.placement_id ?? '',
    reason: null,
    currency: row.currency,
    country: row.country,
    deviceType: row.device_type,
    node: null,
    fields,
  };
}

function ofHour({ kind, row, fields }: HourFinding): CountDifference {
  return {
    kind,
    at: row.hour,
    event: row.event,
    decisionId: null,
    position: null,
    campaignId: row.campaign_id,
    lineItemId: row.line_item_id,
    flightId: row.flight_id,
    creativeId: row.creative_id,
    placementId: row.placement_id,
    reason: row.reason,
    currency: row.currency,
    country: row.country,
    deviceType: row.device_type,
    node: null,
    fields,
  };
}

function ofReach({ kind, row, fields }: ReachFinding): CountDifference {
  return {
    kind,
    at: row.hour,
    event: 'impression',
    decisionId: null,
    position: null,
    campaignId: row.campaign_id,
    lineItemId: row.line_item_id,
    flightId: '',
    creativeId: '',
    placementId: '',
    reason: null,
    currency: '',
    country: '',
    deviceType: '',
    node: null,
    fields,
  };
}

function ofNodeSpend({ kind, row, fields }: NodeSpendFinding): CountDifference {
  return {
    kind,
    at: null,
    event: 'impression',
    decisionId: null,
    position: null,
    campaignId: row.campaign_id,
    lineItemId: row.line_item_id,
    flightId: row.flight_id,
    creativeId: '',
    placementId: '',
    reason: null,
    currency: '',
    country: '',
    deviceType: '',
    node: row.node,
    fields,
  };
}

/** Says in the words of operations that a log cannot be read. @throws the error itself when it is another one */
export function refuseUnread(
  error: unknown,
  fail: (code: 'delivery.unavailable', detail: string) => never,
): never {
  return fail('delivery.unavailable', whyUnread(error));
}

/** What to tell of a log that cannot be read. @throws any other error */
export function whyUnread(error: unknown): string {
  if (!(error instanceof LogSourceError)) throw error;
  const why = error.kind === 'position_lost' ? 'the log was pruned while it was read' : error.message;
  return `The log of a delivery node cannot be read: ${why}.`;
}

export function verifyEventsOperation(ports: TruthPorts) {
  return implementPrepared(
    verifyEvents,
    ({ limit }, { accountId, fail }) =>
      verify(ports, accountId, limit).catch((error: unknown) => refuseUnread(error, fail)),
    async (_input, _context, verification) => verification,
  );
}
