import type { BillingStatement, getBillingStatement, ParsedInputOf, StatementRow } from '@cuepoint/contract';
import { allCampaigns, allFlights, flatLineItems, lineItemNames } from '#modules/campaigns';
import { type BilledDelivery, billedDelivery } from '#modules/events';
import { daysBetween, homeZone, isWholeHours, timeBuckets } from '#modules/reporting';
import { AppError } from '../../kernel/app-error.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { dayOf } from '../../kernel/zoned-day.ts';
import { flatShare } from './domain/flat-share.ts';
import { totalsOf } from './domain/totals.ts';
import { entriesBetween, makeGoodLineItems, showEntries } from './entries.ts';

type Input = Omit<ParsedInputOf<typeof getBillingStatement>, 'reconcile'>;

/** Two years and a leap day. */
const MAX_DAYS = 732;

/** What is billed for a period. Role app. @throws AppError `input.invalid` for days in the wrong order */
export async function billingStatement(
  tx: Tx,
  now: Date,
  input: Input,
  freshAt: Date | null,
): Promise<Omit<BillingStatement, 'reconciliation'>> {
  const all = await allCampaigns(tx);
  const timeZone = input.timeZone ?? homeZone(all);
  const { from, to } = periodOf(input, dayOf(now, timeZone));
  const { buckets, endAt } = timeBuckets(timeZone, from, to, input.byDay ? 'day' : null);
  const startAt = buckets[0]!.startAt;
  const campaignIds = input.campaignId ?? null;
  const delivered = await billedDelivery(
    tx,
    [...buckets.map((bucket) => bucket.startAt), endAt],
    campaignIds,
  );
  const campaigns = new Map(all.map((campaign) => [campaign.id, campaign]));
  const names = await lineItemNames(tx, [...new Set(delivered.map((row) => row.lineItemId))]);
  const makeGoods = await makeGoodLineItems(tx);
  const rows = together(delivered).map(
    (row): StatementRow => ({
      ...row.of,
      campaignName: campaigns.get(row.of.campaignId)?.name ?? null,
      lineItemName: names.get(row.of.lineItemId) ?? null,
      day: input.byDay ? buckets[row.bucket]!.value : null,
      ...row.counts,
      isMakeGood: makeGoods.has(row.of.lineItemId),
    }),
  );
  const flat = await flatPrices(tx, campaigns, campaignIds, startAt, endAt);
  const entries = await showEntries(tx, await entriesBetween(tx, from, to, campaignIds));
  return {
    from,
    to,
    timeZone,
    startAt: startAt.toISOString(),
    endAt: endAt.toISOString(),
    isToTheMinute: isWholeHours(timeZone, from, to),
    rows,
    flat,
    entries,
    totals: totalsOf({ rows, flat, entries }),
    freshAt: freshAt?.toISOString() ?? null,
  };
}

/** The days that are meant: without any, the last whole month. */
function periodOf(input: Input, today: string): { from: string; to: string } {
  const thisMonth = today.slice(0, 7);
  const to = input.to ?? (input.from === undefined ? dayBefore(`${thisMonth}-01`) : today);
  const from = input.from ?? `${to.slice(0, 7)}-01`;
  const days = daysBetween(from, to);
  if (days < 1 || days > MAX_DAYS) {
    const accepted = `a day from ${from}, at most ${MAX_DAYS} days on`;
    throw new AppError('input.invalid', `to: ${to} makes a period of ${days} days; accepted: ${accepted}`, {
      fields: [{ field: 'to', message: 'no such period', value: to, accepted }],
    });
  }
  return { from, to };
}

const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

interface Together {
  bucket: number;
  of: Pick<StatementRow, 'campaignId' | 'lineItemId' | 'flightId' | 'currency'>;
  counts: Pick<
    StatementRow,
    'impressions' | 'billedImpressions' | 'unbilled' | 'invalidImpressions' | 'spentMicros'
  >;
}

/** One row for each flight and stretch of time. */
function together(delivered: readonly BilledDelivery[]): Together[] {
  const rows = new Map<string, Together>();
  for (const part of delivered) {
    const { bucket, campaignId, lineItemId, flightId, currency, reason, impressions } = part;
    const key = `${bucket} ${campaignId} ${lineItemId} ${flightId} ${currency}`;
    let row = rows.get(key);
    if (!row) {
      row = {
        bucket,
        of: { campaignId, lineItemId, flightId, currency },
        counts: { impressions: 0, billedImpressions: 0, unbilled: [], invalidImpressions: 0, spentMicros: 0 },
      };
      rows.set(key, row);
    }
    const { counts } = row;
    counts.spentMicros += part.spentMicros;
    if (part.isInvalid) {
      counts.invalidImpressions += impressions;
      continue;
    }
    counts.impressions += impressions;
    if (reason === '') counts.billedImpressions += impressions;
    else counts.unbilled.push({ reason, impressions });
  }
  return [...rows.values()];
}

async function flatPrices(
  tx: Tx,
  campaigns: ReadonlyMap<string, { name: string }>,
  campaignIds: readonly string[] | null,
  from: Date,
  to: Date,
): Promise<BillingStatement['flat']> {
  const items = await flatLineItems(tx);
  if (items.length === 0) return [];
  const flights = byLineItem(await allFlights(tx));
  return items
    .filter(({ campaignId }) => campaignIds === null || campaignIds.includes(campaignId))
    .map(({ id, name, campaignId, currency, flatMicros }) => ({
      campaignId,
      campaignName: campaigns.get(campaignId)?.name ?? '',
      lineItemId: id,
      lineItemName: name,
      currency,
      amountMicros: flatShare(
        flatMicros,
        (flights.get(id) ?? []).map(({ startAt, endAt }) => ({
          startMs: startAt.getTime(),
          endMs: endAt.getTime(),
        })),
        from,
        to,
      ),
    }))
    .filter(({ amountMicros }) => amountMicros > 0);
}

function byLineItem<T extends { lineItemId: string }>(rows: readonly T[]): Map<string, T[]> {
  const sorted = new Map<string, T[]>();
  for (const row of rows) sorted.set(row.lineItemId, [...(sorted.get(row.lineItemId) ?? []), row]);
  return sorted;
}
