import type { CampaignDetail } from '@cuepoint/contract';
import { eq, inArray } from 'drizzle-orm';
import { axisNames } from '#modules/governance';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { expectedSpendMicros, type PacedWindow, plannedRangeMicros } from './domain/expected-spend.ts';
import { lineItemsWhere, times } from './line-item-reads.ts';
import type { CampaignsPorts } from './ports.ts';
import { booked } from './queries.ts';
import { campaignTable, flightTable, lineItemTable } from './tables.ts';

type Campaign = Omit<CampaignDetail, 'lineItems'>;
type CampaignRow = typeof campaignTable.$inferSelect;

/** Campaign rows with names, delivery and counts, in the order given. Four queries, whatever their number. */
export async function showCampaigns(
  tx: Tx,
  rows: CampaignRow[],
  now: Date,
  ports: CampaignsPorts,
): Promise<Campaign[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const axes = await axisNames(tx);
  const delivered = await ports.deliveredByCampaign(tx, ids);
  const counts = await ports.creativeCounts(tx, ids);
  const windows = await windowsOf(tx, ids);
  return rows.map((row) => {
    const totals = delivered.get(row.id);
    const planned = row.status === 'draft' ? [] : (windows.get(row.id) ?? []);
    return {
      id: row.id,
      name: row.name,
      label: row.label,
      description: row.description,
      objective: row.objective,
      status: row.status as Campaign['status'],
      brandId: row.brandId,
      brandName: axes.brand.get(row.brandId)?.name ?? '',
      marketId: row.marketId,
      marketCode: axes.market.get(row.marketId)?.code ?? '',
      channelId: row.channelId,
      channelCode: axes.channel.get(row.channelId)?.code ?? '',
      currency: row.currency,
      budgetMicros: row.budgetMicros,
      startAt: row.startAt.toISOString(),
      endAt: row.endAt.toISOString(),
      timeZone: row.timeZone,
      spentMicros: totals?.spentMicros ?? 0,
      impressions: totals?.impressions ?? 0,
      completes: totals?.completes ?? 0,
      expectedMicros: expectedSpendMicros(planned, now),
      expectedLeastMicros: plannedRangeMicros(planned, now).leastMicros,
      creativeCount: counts.get(row.id)?.creatives ?? 0,
      blockingFindings: counts.get(row.id)?.blockingFindings ?? 0,
      demo: row.demo,
      ...times(row),
    };
  });
}

export async function campaignDetail(
  tx: Tx,
  campaignId: string,
  now: Date,
  ports: CampaignsPorts,
): Promise<CampaignDetail | null> {
  const [row] = await tx.select().from(campaignTable).where(eq(campaignTable.id, campaignId));
  if (!row) return null;
  const [campaign] = await showCampaigns(tx, [row], now, ports);
  return {
    ...campaign!,
    lineItems: await lineItemsWhere(tx, eq(lineItemTable.campaignId, campaignId), now, ports),
  };
}

async function windowsOf(tx: Tx, campaignIds: string[]) {
  const rows = await tx
    .select({ flight: flightTable, item: lineItemTable })
    .from(flightTable)
    .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId))
    .where(inArray(lineItemTable.campaignId, campaignIds));
  const windows = new Map<string, PacedWindow[]>();
  for (const { flight, item } of rows) {
    const own = windows.get(item.campaignId);
    // What has neither budget nor goal has no pace to expect.
    const window = booked(flight, item);
    if (own) own.push(window);
    else windows.set(item.campaignId, [window]);
  }
  return windows;
}
