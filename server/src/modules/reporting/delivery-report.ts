import {
  type DeliveryReport,
  type getDeliveryReport,
  type ParsedInputOf,
  type Reach,
  type ReportDimension,
  type ReportMetrics,
  type ReportRow,
  TIME_DIMENSIONS,
} from '@cuepoint/contract';
import { allCampaigns } from '#modules/campaigns';
import {
  deliveryGroups,
  REACH_STANDARD_ERROR,
  type ReachGroup,
  type ReportColumn,
  type ReportGroup,
  type ReportScope,
  reachGroups,
} from '#modules/events';
import { AppError } from '../../kernel/app-error.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { dayOf } from '../../kernel/zoned-day.ts';
import { daysBefore, daysBetween, homeZone } from './domain/local-days.ts';
import { MAX_DAYS, MAX_HOUR_DAYS } from './domain/report-definition.ts';
import { metricsOf } from './domain/report-metrics.ts';
import { isWholeHours, timeBuckets } from './domain/report-time.ts';
import type { ReportingPorts } from './ports.ts';
import { namesOf } from './report-names.ts';

/** What a report is asked, as an operation takes it. */
export type ReportQuestion = Omit<ParsedInputOf<typeof getDeliveryReport>, 'limit' | 'cursor'>;
type TimeDimension = (typeof TIME_DIMENSIONS)[number];

const DEFAULT_DAYS = 7;
/** Rows for which viewers are told; each takes a sketch. */
const MAX_REACH_ROWS = 1000;

const isTime = (dimension: ReportDimension): dimension is TimeDimension =>
  (TIME_DIMENSIONS as readonly string[]).includes(dimension);

/** What a report is asked about, checked and complete. */
interface Question {
  dimensions: readonly ReportDimension[];
  columns: ReportColumn[];
  by: TimeDimension | null;
  timeZone: string;
  from: string;
  to: string;
  filters: ReportScope['filters'];
  previous: { from: string; to: string } | null;
}

export function questionOf(input: ReportQuestion, homeTimeZone: string, now: Date): Question {
  const timeZone = input.timeZone ?? homeTimeZone;
  const by = input.dimensions.find(isTime) ?? null;
  const to = input.to ?? dayOf(now, timeZone);
  const from = input.from ?? daysBefore(to, DEFAULT_DAYS - 1);
  const most = by === 'hour' ? MAX_HOUR_DAYS : MAX_DAYS;
  if (from > to)
    throw input.to === undefined
      ? refused('from', from, `${to} or earlier`)
      : refused('to', to, `${from} or later`);
  const days = daysBetween(from, to);
  if (days > most)
    throw refused('from', from, `a range of at most ${most} days${by === 'hour' ? ' by hour' : ''}`);
  const given = {
    campaign: input.campaignId,
    line_item: input.lineItemId,
    creative: input.creativeId,
    placement: input.placementId,
    country: input.country,
    device: input.device,
    reason: input.reason,
  };
  return {
    dimensions: input.dimensions,
    columns: input.dimensions.filter((one): one is ReportColumn => !isTime(one)),
    by,
    timeZone,
    from,
    to,
    filters: Object.fromEntries(Object.entries(given).filter(([, list]) => list !== undefined)),
    previous: input.compare === 'previous' ? { from: daysBefore(from, days), to: daysBefore(from, 1) } : null,
  };
}

/**
 * A report on the account of `tx`.
 * @param page of its rows
 */
export async function deliveryReport(
  ports: ReportingPorts,
  tx: Tx,
  now: Date,
  input: ReportQuestion,
  page: { limit: number; offset: number },
): Promise<Omit<DeliveryReport, 'rows'> & { rows: { items: ReportRow[]; total: number } }> {
  const question = questionOf(input, homeZone(await allCampaigns(tx)), now);
  const { timeZone, from, to, by, columns, filters, previous, dimensions } = question;
  const { buckets, endAt } = timeBuckets(timeZone, from, to, by);
  const scope = { boundaries: [...buckets.map(({ startAt }) => startAt), endAt], filters };
  const hasFill = [...columns, ...Object.keys(filters)].every((one) => FILLABLE.has(one));
  const whole = { ...scope, boundaries: [scope.boundaries[0]!, endAt] };
  const { groups, total } = await deliveryGroups(tx, scope, columns, page);
  // Rows that all fit on the page add up to the totals: then the hourly rows are read once.
  const isAll = page.offset === 0 && groups.length === total;
  const all = isAll ? groups : (await deliveryGroups(tx, whole, [])).groups;
  const totals = metricsOf(
    all.flatMap(({ cells }) => cells),
    hasFill,
  );
  const metrics = groups.map(({ cells }) => metricsOf(cells, hasFill));
  const before = previous && (await previousOf(tx, question, groups, hasFill));
  const viewers = await reachOf(tx, question, scope, groups);
  const names = await namesOf(ports, tx, columns, groups);
  return {
    timeZone,
    from,
    to,
    startAt: scope.boundaries[0]!.toISOString(),
    endAt: endAt.toISOString(),
    isToTheMinute: isWholeHours(timeZone, from, to),
    previous,
    currencies: totals.spend.map(({ currency }) => currency),
    freshAt: ports.freshAt()?.toISOString() ?? null,
    reach: { standardError: REACH_STANDARD_ERROR, unavailable: viewers.unavailable },
    totals: {
      metrics: totals,
      reach: viewers.of(TOTAL, totals),
      previous: before?.totals ?? null,
    },
    rows: {
      total,
      items: groups.map((group, index) => ({
        keys: dimensions.map((dimension) => {
          if (isTime(dimension)) return { dimension, value: buckets[group.bucket]!.value, name: null };
          const value = group.keys[columns.indexOf(dimension)]!;
          return { dimension, value, name: names.get(dimension)?.get(value) ?? null };
        }),
        startAt: by === null ? null : buckets[group.bucket]!.startAt.toISOString(),
        metrics: metrics[index]!,
        reach: viewers.of(keyOf(group), metrics[index]!),
        previous: before && (before.rows.get(keyOf(group)) ?? metricsOf([], hasFill)),
      })),
    },
  };
}

/** Whatever a request without an ad is known by as well. */
const FILLABLE: ReadonlySet<string> = new Set(['placement', 'country', 'device']);
const TOTAL = 'total';

function keyOf({ bucket, keys }: Pick<ReportGroup, 'bucket' | 'keys'>): string {
  return JSON.stringify([bucket, ...keys]);
}

/** The same groups in the days before; a stretch of time beside the one as far into its period. */
async function previousOf(
  tx: Tx,
  { timeZone, by, columns, filters, previous }: Question,
  groups: readonly ReportGroup[],
  hasFill: boolean,
): Promise<{ totals: ReportMetrics; rows: Map<string, ReportMetrics> }> {
  const { buckets, endAt } = timeBuckets(timeZone, previous!.from, previous!.to, by);
  const boundaries = [...buckets.map(({ startAt }) => startAt), endAt];
  const whole = await deliveryGroups(tx, { boundaries: [boundaries[0]!, endAt], filters }, []);
  const same = await deliveryGroups(tx, { boundaries, filters }, columns, null, groups);
  return {
    totals: metricsOf(whole.groups[0]?.cells ?? [], hasFill),
    rows: new Map(same.groups.map((group) => [keyOf(group), metricsOf(group.cells, hasFill)])),
  };
}

interface Viewers {
  unavailable: DeliveryReport['reach']['unavailable'];
  of(key: string, metrics: ReportMetrics): Reach | null;
}

const unknown = (unavailable: Viewers['unavailable']): Viewers => ({ unavailable, of: () => null });

/** Viewers of the rows and of all, where sketches can say. */
async function reachOf(
  tx: Tx,
  { columns, filters }: Question,
  scope: ReportScope,
  groups: readonly ReportGroup[],
): Promise<Viewers> {
  const kept = new Set<string>(['campaign', 'line_item']);
  if (![...columns, ...Object.keys(filters)].every((one) => kept.has(one))) return unknown('dimensions');
  if (groups.length > MAX_REACH_ROWS) return unknown('size');
  const wanted = new Set(groups.map(keyOf));
  const found = await reachGroups(tx, scope, (bucket, campaignId, lineItemId) => {
    const keys = columns.map((column) => (column === 'campaign' ? campaignId : lineItemId));
    const key = keyOf({ bucket, keys });
    return wanted.has(key) ? [TOTAL, key] : [TOTAL];
  });
  if (found === null) return unknown('size');
  return { unavailable: null, of: (key, { impressions }) => shownReach(found.get(key), impressions) };
}

function shownReach(group: ReachGroup | undefined, impressions: number): Reach {
  const { lasting = 0, household = 0, session = 0 } = group ?? {};
  const identified = lasting + household + session;
  const viewers = Math.round(group?.sketch.estimate() ?? 0);
  return {
    viewers,
    averageFrequency: viewers === 0 ? null : identified / viewers,
    lastingImpressions: lasting,
    householdImpressions: household,
    sessionImpressions: session,
    // Sketch and count are of the same events, but read one after the other.
    unidentifiedImpressions: Math.max(0, impressions - identified),
  };
}

function refused(field: 'from' | 'to', value: string, accepted: string): AppError {
  return new AppError('input.invalid', `${field}: ${value} does not fit; accepted: ${accepted}`, {
    fields: [{ field, message: 'does not fit the other fields', value, accepted }],
  });
}
