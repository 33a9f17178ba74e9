import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@cuepoint/client';
import { type CampaignStats, type DeliveryEvent, exitCodes } from '@cuepoint/contract';
import { type Difference, type RawLog, type Reconciliation, readRawLog, reconcile } from '@cuepoint/server';
import { CommandError } from '../output/failure.ts';

export interface CampaignCheck extends Reconciliation {
  nodes: string[];
  recordsRead: number;
  stats: CampaignStats;
}

const everyMs = 150;
const freshLimitMs = 60_000;
/** A campaign under way goes on being served between two readings. */
const readings = 3;

/**
 * Compares what the delivery plane wrote to its disk with what the report says, event by event and spend to the micro.
 * The log is read from its files, the report over the API: neither knows of the other.
 * @param dataDir data directory in which the delivery node keeps its log
 * @param after what was acknowledged before this instant must be in the report
 */
export async function reconcileCampaign(
  client: Client,
  campaignId: string,
  dataDir: string,
  after = new Date(),
): Promise<CampaignCheck> {
  for (let reading = 1; ; reading++) {
    const log = readLog(dataDir);
    const stats = await freshStats(client, campaignId, reading === 1 ? after : new Date());
    const events = await allEvents(client, campaignId);
    const result = reconcile({ records: log.records, campaignId, totals: stats.totals, events });
    if (result.agrees || reading === readings) {
      return { ...result, nodes: log.nodes, recordsRead: log.records.length, stats };
    }
    await wait(300);
  }
}

function readLog(dataDir: string): RawLog {
  const log = readRawLog(dataDir);
  if (log.nodes.length > 0) return log;
  throw new CommandError(
    `${dataDir} holds no log of a delivery node`,
    exitCodes.usage,
    'Give the data directory of the machine that serves the ads: --data-dir <directory>.',
  );
}

/** The report, once everything that was acknowledged before an instant is counted in it. */
export async function freshStats(client: Client, campaignId: string, after: Date): Promise<CampaignStats> {
  const giveUpAt = performance.now() + freshLimitMs;
  for (;;) {
    const stats = await client.reporting.getCampaignStats({ campaignId });
    if (stats.freshAt !== null && Date.parse(stats.freshAt) > after.getTime()) return stats;
    if (performance.now() > giveUpAt) {
      throw new CommandError(
        `the report has counted events up to ${stats.freshAt ?? 'none'} only, and did not reach ${after.toISOString()} within ${freshLimitMs / 1000} s`,
        exitCodes.upstream,
        'See the lag of ingestion: cuepoint status.',
      );
    }
    await wait(everyMs);
  }
}

async function allEvents(client: Client, campaignId: string): Promise<DeliveryEvent[]> {
  const events: DeliveryEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.reporting.listDeliveryEvents({
      campaignId,
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    events.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return events;
}

/** A difference in words. */
export function describeDifference(difference: Difference): string {
  switch (difference.kind) {
    case 'count_differs':
      return `${difference.figure}: the log says ${difference.log}, the report ${difference.report}`;
    case 'event_missing':
      return `${difference.event} of ${difference.decisionId} is in the log and not in the report`;
    case 'event_unexpected':
      return `${difference.event} of ${difference.decisionId} is in the report and not in the log`;
    case 'event_differs':
      return `${difference.event} of ${difference.decisionId}: ${difference.field} is ${difference.log} in the log and ${difference.report} in the report`;
  }
}

/** @throws CommandError with the first differences when log and report do not agree */
export function requireAgreement(check: Reconciliation): void {
  if (check.agrees) return;
  const shown = check.differences.slice(0, 10).map(describeDifference);
  const more = check.differences.length - shown.length;
  throw new CommandError(
    [
      `log and report differ in ${check.differences.length} ${check.differences.length === 1 ? 'place' : 'places'}`,
      ...shown,
      ...(more > 0 ? [`and ${more} more`] : []),
    ].join('\n'),
    exitCodes.failure,
    'The log is what happened: the report can be rebuilt from it.',
  );
}
