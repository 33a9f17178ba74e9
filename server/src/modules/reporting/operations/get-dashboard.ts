import { type Dashboard, getDashboard } from '@cuepoint/contract';
import { allCampaigns, allFlights, type CampaignRow, plannedRangeMicros } from '#modules/campaigns';
import {
  accountHours,
  accountSpend,
  addCount,
  type BucketRow,
  type Delivered,
  deliveryByBucket,
  deliveryTotalsFor,
  noCounts,
  spendByHour,
  spentIn,
} from '#modules/events';
import { implement } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { dayOf, startOfDay } from '../../../kernel/zoned-day.ts';
import { attentionList, type WatchedCampaign } from '../domain/attention.ts';
import { boundariesOf, daysBefore, homeZone, localDays } from '../domain/local-days.ts';
import { PACE_MEMORY_MS, paceOf } from '../domain/pace.ts';
import type { ReportingPorts } from '../ports.ts';

const HOUR_MS = 60 * 60 * 1000;
const RECENT_CAMPAIGNS = 6;
const SHOWN_APPROVALS = 20;

export function getDashboardOperation(ports: ReportingPorts) {
  return implement(getDashboard, async (input, context): Promise<Dashboard> => {
    const { tx, now } = context;
    const campaigns = await allCampaigns(tx);
    const timeZone = homeZone(campaigns);
    const totals = await deliveryTotalsFor(
      tx,
      campaigns.map((campaign) => campaign.id),
    );
    const today = localDays(timeZone, dayOf(now, timeZone), dayOf(now, timeZone));
    const todayRows = await deliveryByBucket(tx, 'account', boundariesOf(today));
    const todayCounts = noCounts();
    for (const row of todayRows) addCount(todayCounts, row.event, row.count);
    const filled = todayRows.reduce(
      (sum, row) => sum + (row.event === 'request' && row.isFilled ? row.count : 0),
      0,
    );
    const creatives = await ports.creativesForReport(tx);
    const submitted = creatives
      .filter((creative) => creative.isActive && creative.approval === 'submitted')
      .sort((left, right) => left.approvalAt.getTime() - right.approvalAt.getTime());
    return {
      timeZone,
      now: now.toISOString(),
      freshAt: ports.freshAt()?.toISOString() ?? null,
      today: todayCounts,
      spend: spendByCurrency(campaigns, totals, todayRows, await accountSpend(tx)),
      fillRate: todayCounts.requests === 0 ? null : filled / todayCounts.requests,
      completionRate: todayCounts.starts === 0 ? null : todayCounts.completes / todayCounts.starts,
      byHour: await hoursOf(tx, startOfDay(daysBefore(dayOf(now, timeZone), input.days - 1), timeZone), now),
      attention: attentionList({
        now,
        campaigns: await watchedCampaigns(tx, campaigns, totals, now),
        creatives,
        deployments: await ports.deploymentsForReport(tx),
        planned: plannedRangeMicros,
      }),
      campaignCounts: campaigns.reduce<Record<string, number>>((counts, { status }) => {
        counts[status] = (counts[status] ?? 0) + 1;
        return counts;
      }, {}),
      recentCampaigns: recentCampaigns(campaigns, totals),
      approvals: submitted.slice(0, SHOWN_APPROVALS).map((creative) => ({
        creativeId: creative.id,
        name: creative.name,
        thumbnailUrl: creative.thumbnailUrl,
        since: creative.approvalAt.toISOString(),
      })),
    };
  });
}

/** Every UTC hour from the one that holds `from` to the current one, also those without traffic. */
async function hoursOf(tx: Tx, from: Date, now: Date): Promise<Dashboard['byHour']> {
  const first = Math.floor(from.getTime() / HOUR_MS) * HOUR_MS;
  const hours = new Map<number, Dashboard['byHour'][number]>();
  for (let at = first; at <= now.getTime(); at += HOUR_MS)
    hours.set(at, { at: new Date(at).toISOString(), impressions: 0, requests: 0, completes: 0 });
  for (const row of await accountHours(tx, new Date(first))) {
    const hour = hours.get(row.hour.getTime());
    if (hour === undefined) continue;
    if (row.event === 'impression') hour.impressions += row.count;
    else if (row.event === 'request') hour.requests += row.count;
    else hour.completes += row.count;
  }
  return [...hours.values()];
}

/** One entry a currency that is booked or was spent; drafts book nothing. */
function spendByCurrency(
  campaigns: readonly CampaignRow[],
  totals: ReadonlyMap<string, Delivered>,
  todayRows: readonly BucketRow[],
  spent: ReadonlyMap<string, number>,
): Dashboard['spend'] {
  const budgets = new Map<string, number>();
  for (const campaign of campaigns) {
    if (campaign.status === 'draft' && spentIn(totals.get(campaign.id), campaign.currency) === 0) continue;
    budgets.set(campaign.currency, (budgets.get(campaign.currency) ?? 0) + campaign.budgetMicros);
  }
  return [...new Set([...budgets.keys(), ...spent.keys()])].sort().map((currency) => ({
    currency,
    todayMicros: todayRows.reduce((sum, row) => sum + (row.currency === currency ? row.spentMicros : 0), 0),
    totalMicros: spent.get(currency) ?? 0,
    budgetMicros: budgets.get(currency) ?? 0,
  }));
}

async function watchedCampaigns(
  tx: Tx,
  campaigns: readonly CampaignRow[],
  totals: ReadonlyMap<string, Delivered>,
  now: Date,
): Promise<WatchedCampaign[]> {
  const flights = await allFlights(tx);
  const watched: WatchedCampaign[] = [];
  for (const row of campaigns) {
    const own = flights.filter((flight) => flight.campaignId === row.id);
    const spentMicros = spentIn(totals.get(row.id), row.currency);
    const isOff = row.status === 'active' && paceOf(own, spentMicros, now, plannedRangeMicros) !== 'on_pace';
    watched.push({
      id: row.id,
      name: row.name,
      status: row.status,
      currency: row.currency,
      budgetMicros: row.budgetMicros,
      spentMicros,
      startAt: row.startAt,
      endAt: row.endAt,
      createdAt: row.createdAt,
      flights: own,
      hours: isOff
        ? await spendByHour(tx, row.id, row.currency, new Date(now.getTime() - PACE_MEMORY_MS - HOUR_MS))
        : [],
    });
  }
  return watched;
}

function recentCampaigns(
  campaigns: readonly CampaignRow[],
  totals: ReadonlyMap<string, Delivered>,
): Dashboard['recentCampaigns'] {
  return campaigns
    .filter((campaign) => campaign.status !== 'archived')
    .sort(
      (left, right) => right.createdAt.getTime() - left.createdAt.getTime() || (left.id < right.id ? 1 : -1),
    )
    .slice(0, RECENT_CAMPAIGNS)
    .map(({ id, name, status, currency, budgetMicros }) => ({
      id,
      name,
      status,
      currency,
      spentMicros: spentIn(totals.get(id), currency),
      budgetMicros,
      impressions: totals.get(id)?.impressions ?? 0,
    }));
}
