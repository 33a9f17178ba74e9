import type { CampaignDetail, OutputOf, updateLineItem } from '@cuepoint/contract';
import { asc, eq, inArray } from 'drizzle-orm';
import { axisNames } from '#modules/governance';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { expectedSpendMicros } from './domain/even-pacing.ts';
import type { CampaignsPorts } from './ports.ts';
import { campaignTable, flightTable, lineItemTable } from './tables.ts';

type Campaign = Omit<CampaignDetail, 'lineItems'>;
type LineItem = OutputOf<typeof updateLineItem>;
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
      expectedMicros: row.status === 'draft' ? 0 : expectedSpendMicros(windows.get(row.id) ?? [], now),
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
    lineItems: await lineItemsWhere(tx, eq(lineItemTable.campaignId, campaignId), ports),
  };
}

export async function lineItemDetail(
  tx: Tx,
  lineItemId: string,
  ports: CampaignsPorts,
): Promise<LineItem | null> {
  const [item] = await lineItemsWhere(tx, eq(lineItemTable.id, lineItemId), ports);
  return item ?? null;
}

async function lineItemsWhere(
  tx: Tx,
  condition: ReturnType<typeof eq>,
  ports: CampaignsPorts,
): Promise<LineItem[]> {
  const rows = await tx
    .select()
    .from(lineItemTable)
    .where(condition)
    .orderBy(asc(lineItemTable.createdAt), asc(lineItemTable.id));
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const flights = await tx
    .select()
    .from(flightTable)
    .where(inArray(flightTable.lineItemId, ids))
    .orderBy(asc(flightTable.startAt), asc(flightTable.id));
  const delivered = await ports.deliveredByLineItem(tx, ids);
  return rows.map((row) => {
    const own = flights.filter((flight) => flight.lineItemId === row.id);
    return {
      id: row.id,
      campaignId: row.campaignId,
      name: row.name,
      status: row.status as LineItem['status'],
      priority: row.priority,
      cpmMicros: row.cpmMicros,
      currency: row.currency,
      budgetMicros: own.reduce((sum, flight) => sum + flight.budgetMicros, 0),
      targeting: { countries: row.countries, deviceTypes: row.deviceTypes },
      flights: own.map((flight) => ({
        id: flight.id,
        lineItemId: flight.lineItemId,
        name: flight.name,
        startAt: flight.startAt.toISOString(),
        endAt: flight.endAt.toISOString(),
        timeZone: flight.timeZone,
        budgetMicros: flight.budgetMicros,
        ...times(flight),
      })),
      spentMicros: delivered.get(row.id)?.spentMicros ?? 0,
      impressions: delivered.get(row.id)?.impressions ?? 0,
      ...times(row),
    };
  });
}

async function windowsOf(tx: Tx, campaignIds: string[]) {
  const rows = await tx
    .select({
      campaignId: lineItemTable.campaignId,
      startAt: flightTable.startAt,
      endAt: flightTable.endAt,
      budgetMicros: flightTable.budgetMicros,
    })
    .from(flightTable)
    .innerJoin(lineItemTable, eq(lineItemTable.id, flightTable.lineItemId))
    .where(inArray(lineItemTable.campaignId, campaignIds));
  const windows = new Map<string, typeof rows>();
  for (const row of rows) windows.set(row.campaignId, [...(windows.get(row.campaignId) ?? []), row]);
  return windows;
}

function times(row: { version: number; createdAt: Date; updatedAt: Date }) {
  return {
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
