import type { BillingStatement } from '@cuepoint/contract';
import type { FileCell } from '#modules/reporting';

const HEADER = [
  'kind',
  'campaign_id',
  'campaign',
  'line_item_id',
  'line_item',
  'flight_id',
  'day',
  'impressions',
  'billed_impressions',
  'unbilled_impressions',
  'invalid_impressions',
  'currency',
  'spent',
  'net',
  'note',
];

const units = (micros: number): number => micros / 1_000_000;

/** A statement as lines: what `net` adds up to, by currency, is its total. */
export function statementTable(statement: BillingStatement): FileCell[][] {
  const { rows, flat, entries } = statement;
  return [
    HEADER,
    ...rows.map((row): FileCell[] => [
      row.isMakeGood ? 'make_good_delivery' : 'delivery',
      row.campaignId,
      row.campaignName,
      row.lineItemId,
      row.lineItemName,
      row.flightId,
      row.day,
      row.impressions,
      row.billedImpressions,
      row.impressions - row.billedImpressions,
      row.invalidImpressions,
      row.currency,
      units(row.spentMicros),
      units(row.isMakeGood ? 0 : row.spentMicros),
      row.unbilled.map(({ reason, impressions }) => `${reason}: ${impressions}`).join('; '),
    ]),
    ...flat.map((row): FileCell[] => [
      'flat_price',
      row.campaignId,
      row.campaignName,
      row.lineItemId,
      row.lineItemName,
      ...NOTHING,
      row.currency,
      null,
      units(row.amountMicros),
      '',
    ]),
    ...entries.map((entry): FileCell[] => [
      entry.kind,
      entry.campaignId,
      entry.campaignName,
      entry.lineItemId,
      entry.lineItemName,
      null,
      entry.day,
      entry.impressions,
      null,
      null,
      null,
      entry.currency,
      null,
      entry.kind === 'credit' ? -units(entry.amountMicros) : 0,
      entry.reason,
    ]),
  ];
}

/** Flight, day and four counts. */
const NOTHING: FileCell[] = [null, null, null, null, null, null];

/** What a file says of itself. */
export function aboutStatement(statement: BillingStatement): FileCell[][] {
  const { from, to, timeZone, startAt, endAt, freshAt, totals, reconciliation } = statement;
  return [
    ['from', from],
    ['to', to],
    ['time_zone', timeZone],
    ['start_at', startAt],
    ['end_at', endAt],
    ['counted_up_to', freshAt],
    ...totals.flatMap((total): FileCell[][] => [
      [`spent_${total.currency}`, units(total.spentMicros)],
      [`flat_prices_${total.currency}`, units(total.flatMicros)],
      [`make_goods_${total.currency}`, -units(total.makeGoodMicros)],
      [`credits_${total.currency}`, -units(total.creditMicros)],
      [`net_${total.currency}`, units(total.netMicros)],
    ]),
    [
      'agrees_with_logs',
      reconciliation === null
        ? 'not checked'
        : reconciliation.agrees
          ? `yes, at ${reconciliation.checkedAt}`
          : `no, ${reconciliation.differences} differences at ${reconciliation.checkedAt}`,
    ],
  ];
}
