import { type DeliveryTotals, getCampaignStats } from '@cuepoint/contract';
import { expectedSpendMicros, findCampaign, flightsOf } from '#modules/campaigns';
import {
  addCount,
  type BucketRow,
  deliveryByBucket,
  deliveryTotalsFor,
  firstDeliveryAt,
  invalidTrafficOf,
  noCounts,
  spendByHour,
  spentIn,
} from '#modules/events';
import { AppError } from '../../../kernel/app-error.ts';
import { implement } from '../../../kernel/implement.ts';
import { dayOf } from '../../../kernel/zoned-day.ts';
import { boundariesOf, daysBefore, daysBetween, localDays } from '../domain/local-days.ts';
import { cumulative, curveInstants } from '../domain/pacing-curve.ts';
import type { ReportingPorts } from '../ports.ts';

/** Two years and a leap day: more belongs into an export. */
const MAX_DAYS = 732;

export function getCampaignStatsOperation(ports: ReportingPorts) {
  return implement(getCampaignStats, async (input, context) => {
    const { tx, now } = context;
    const campaign = await findCampaign(tx, input.campaignId);
    if (campaign === null)
      return context.fail(
        'campaign.not_found',
        `campaignId: no campaign ${input.campaignId} in this account.`,
      );
    const { currency, timeZone } = campaign;
    const firstAt = await firstDeliveryAt(tx, campaign.id);
    const begin = firstAt !== null && firstAt < campaign.startAt ? firstAt : campaign.startAt;
    const to = input.to ?? dayOf(now, timeZone);
    const from = input.from ?? laterDay(dayOf(begin, timeZone), daysBefore(to, MAX_DAYS - 1));
    if (from > to && input.to !== undefined) throw invalid('to', to, `${from} or later`);
    if (from > to && input.from !== undefined) throw invalid('from', from, `${to} or earlier`);
    if (daysBetween(from, to) > MAX_DAYS) throw invalid('from', from, `a range of at most ${MAX_DAYS} days`);

    const days = localDays(timeZone, from, to);
    const boundaries = boundariesOf(days);
    const rows = await deliveryByBucket(tx, { campaignId: campaign.id }, boundaries);
    const creativeIds = [...new Set(rows.map((row) => row.creativeId).filter((id) => id !== ''))].sort();
    const names = await ports.creativeNames(tx, creativeIds);
    const byDay = addUp(rows, currency, (row) => row.bucket);
    const byCreative = addUp(rows, currency, (row) => row.creativeId);
    const totals = addUp(rows, currency, () => 'all').get('all') ?? nothing();
    const allTime = (await deliveryTotalsFor(tx, [campaign.id])).get(campaign.id);

    const flights = await flightsOf(tx, campaign.id);
    const instants =
      flights.length === 0
        ? []
        : curveInstants(
            new Date(Math.min(...flights.map((flight) => flight.startAt.getTime()))),
            new Date(Math.max(...flights.map((flight) => flight.endAt.getTime()))),
            now,
          );
    const hours = instants.length === 0 ? [] : await spendByHour(tx, campaign.id, currency, new Date(0));
    const spent = cumulative(instants, hours, now);
    return {
      campaignId: campaign.id,
      campaignName: campaign.name,
      currency,
      timeZone,
      totals,
      budgetMicros: campaign.budgetMicros,
      remainingMicros: campaign.budgetMicros - spentIn(allTime, currency),
      effectiveCpmMicros:
        totals.impressions === 0 ? null : Math.round((totals.spentMicros / totals.impressions) * 1000),
      completionRate: totals.starts === 0 ? null : totals.completes / totals.starts,
      byDay: days.map(({ day }, index) => ({ day, ...(byDay.get(index) ?? nothing()) })),
      byCreative: creativeIds.map((creativeId) => ({
        creativeId,
        creativeName: names.get(creativeId) ?? creativeId,
        ...(byCreative.get(creativeId) ?? nothing()),
      })),
      invalidTraffic: await invalidTrafficOf(tx, campaign.id, boundaries),
      pacing: instants.map((at, index) => ({
        at: at.toISOString(),
        spentMicros: spent[index] ?? null,
        expectedMicros: expectedSpendMicros(flights, at),
      })),
      freshAt: ports.freshAt()?.toISOString() ?? null,
    };
  });
}

/** Counts of rows by a key; spend of the campaign's currency only. */
function addUp<K>(
  rows: readonly BucketRow[],
  currency: string,
  keyOf: (row: BucketRow) => K,
): Map<K, DeliveryTotals> {
  const sums = new Map<K, DeliveryTotals>();
  for (const row of rows) {
    const key = keyOf(row);
    const sum = sums.get(key) ?? nothing();
    sums.set(key, sum);
    addCount(sum, row.event, row.count);
    if (row.currency === currency) sum.spentMicros += row.spentMicros;
  }
  return sums;
}

function nothing(): DeliveryTotals {
  return { ...noCounts(), spentMicros: 0 };
}

function laterDay(left: string, right: string): string {
  return left > right ? left : right;
}

function invalid(field: 'from' | 'to', value: string, accepted: string): AppError {
  return new AppError('input.invalid', `${field}: ${value} does not fit; accepted: ${accepted}`, {
    fields: [{ field, message: 'does not fit the other date', value, accepted }],
  });
}
