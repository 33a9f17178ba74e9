import { type Discrepancies, type DiscrepancyRow, findDiscrepancies } from '@cuepoint/contract';
import { allCampaigns } from '#modules/campaigns';
import { deliveryGroups } from '#modules/events';
import { AppError } from '../../../kernel/app-error.ts';
import { implement } from '../../../kernel/implement.ts';
import { nextDay, startOfDay } from '../../../kernel/zoned-day.ts';
import { type ComparedDay, causesOf, discrepancyOf, isFlagged, type OwnDay } from '../domain/discrepancy.ts';
import { daysBefore, daysBetween, homeZone, localDays } from '../domain/local-days.ts';
import { metricsOf } from '../domain/report-metrics.ts';
import { timeBuckets } from '../domain/report-time.ts';
import { type ColumnNames, readThirdPartyFile, type ThirdPartyLine } from '../domain/third-party-file.ts';
import type { ReportingPorts } from '../ports.ts';
import { namesOf } from '../report-names.ts';

const HOUR_MS = 60 * 60 * 1000;
const MAX_DAYS = 92;
const MAX_LINES = 20_000;
const SHOWN_UNREAD = 50;
const NOTHING: OwnDay = { impressions: 0, starts: 0, decidedAds: 0, invalidImpressions: 0, clicks: 0 };

export function findDiscrepanciesOperation(ports: ReportingPorts) {
  return implement(findDiscrepancies, async (input, { tx }): Promise<Discrepancies> => {
    const columns: ColumnNames = {
      day: input.dayColumn,
      key: input.keyColumn,
      impressions: input.impressionsColumn,
      clicks: input.clicksColumn ?? null,
    };
    const { lines, unread } = linesOf(input.csv, columns);
    const days = lines.map(({ day }) => day).sort();
    const [from, to] = [days[0]!, days.at(-1)!];
    if (daysBetween(from, to) > MAX_DAYS)
      throw refused('csv', `${from} to ${to}`, `days of at most ${MAX_DAYS} days`);
    const timeZone = input.timeZone ?? homeZone(await allCampaigns(tx));

    // A day more on both sides, for days of other zones.
    const { buckets, endAt } = timeBuckets(timeZone, daysBefore(from, 1), nextDay(to), 'hour');
    const scope = { boundaries: [...buckets.map(({ startAt }) => startAt), endAt], filters: {} };
    const { groups } = await deliveryGroups(tx, scope, [input.key]);
    const names = (await namesOf(ports, tx, [input.key], groups)).get(input.key) ?? new Map<string, string>();
    const hours = new Map<string, Map<number, OwnDay>>();
    for (const { bucket, keys, cells } of groups) {
      const id = keys[0]!;
      if (id === '') continue;
      const ofKey = hours.get(id) ?? new Map<number, OwnDay>();
      hours.set(id, ofKey.set(buckets[bucket]!.startAt.getTime(), metricsOf(cells, false)));
    }
    const { byId, unknownKeys } = resolve(lines, hours, names);
    const clicks = lines.reduce((sum, one) => sum + (one.clicks ?? 0), 0);
    const theirs = lines.reduce((sum, one) => sum + one.impressions, 0);
    const freshAt = ports.freshAt();
    const rows: DiscrepancyRow[] = [];
    for (const [id, own] of byId) {
      const ofKey = hours.get(id) ?? new Map<number, OwnDay>();
      const sumOf = (day: string, shiftHours: number) => daySum(ofKey, timeZone, day, shiftHours);
      const compared = localDays(timeZone, from, to).map(
        ({ day, endAt: over }): ComparedDay => ({
          day,
          ours: sumOf(day, 0),
          theirs: own.get(day)?.impressions ?? null,
          isOver: freshAt === null || freshAt >= over,
        }),
      );
      const causes = causesOf(compared, {
        shifted: (day, shift) => sumOf(day, shift).impressions,
        hasSwappedColumns: columns.clicks !== null && clicks > theirs,
      });
      for (const one of compared) {
        if (one.theirs === null && one.ours.impressions === 0) continue;
        rows.push({
          day: one.day,
          id,
          name: names.get(id) ?? null,
          ours: one.ours.impressions,
          theirs: one.theirs,
          discrepancy: one.theirs === null ? null : discrepancyOf(one.ours.impressions, one.theirs),
          isFlagged: isFlagged(one.ours.impressions, one.theirs ?? 0),
          oursClicks: one.ours.clicks,
          theirsClicks: own.get(one.day)?.clicks ?? null,
          cause: causes.get(one.day) ?? null,
        });
      }
    }
    const ours = rows.reduce((sum, row) => sum + row.ours, 0);
    const known = rows.reduce((sum, row) => sum + (row.theirs ?? 0), 0);
    return {
      timeZone,
      from,
      to,
      freshAt: freshAt?.toISOString() ?? null,
      columns,
      totals: {
        ours,
        theirs: known,
        discrepancy: discrepancyOf(ours, known),
        isFlagged: isFlagged(ours, known),
        rows: rows.length,
        flaggedRows: rows.filter((row) => row.isFlagged).length,
      },
      rows: rows.sort(byWeight),
      unknownKeys,
      unread: unread.slice(0, SHOWN_UNREAD),
      unreadTotal: unread.length,
    };
  });
}

function linesOf(csv: string, columns: ColumnNames) {
  const read = readThirdPartyFile(csv, columns);
  if (!read.ok) {
    const has = read.headers.length === 0 ? 'none' : read.headers.slice(0, 20).join(', ');
    throw refused(`${read.column}Column`, columns[read.column]!, `a header of the file, which has ${has}`);
  }
  const { lines, unread } = read.file;
  if (lines.length > MAX_LINES) throw refused('csv', `${lines.length} lines`, `at most ${MAX_LINES} lines`);
  if (lines.length === 0)
    throw refused(
      'csv',
      unread[0]?.problem ?? 'no lines',
      'a line of headers and at least one line with a day and a number',
    );
  return read.file;
}

type OfDays = Map<string, { impressions: number; clicks: number | null }>;

/** Lines by id and day, those of one day added; keys that are neither an id nor the name of just one thing. */
function resolve(
  lines: readonly ThirdPartyLine[],
  hours: ReadonlyMap<string, unknown>,
  names: ReadonlyMap<string, string>,
): { byId: Map<string, OfDays>; unknownKeys: Discrepancies['unknownKeys'] } {
  const idsByName = new Map<string, string[]>();
  for (const [id, name] of names) idsByName.set(name, [...(idsByName.get(name) ?? []), id]);
  const byId = new Map<string, OfDays>();
  const unknown = new Map<string, number>();
  for (const { key, day, impressions, clicks } of lines) {
    const named = idsByName.get(key) ?? [];
    const id = hours.has(key) ? key : named.length === 1 ? named[0]! : null;
    if (id === null) {
      unknown.set(key, (unknown.get(key) ?? 0) + impressions);
      continue;
    }
    const days: OfDays = byId.get(id) ?? new Map();
    const before = days.get(day);
    byId.set(
      id,
      days.set(day, {
        impressions: (before?.impressions ?? 0) + impressions,
        clicks: clicks === null ? null : (before?.clicks ?? 0) + clicks,
      }),
    );
  }
  return { byId, unknownKeys: [...unknown].map(([key, theirs]) => ({ key, theirs })) };
}

/** What was counted in a day of the zone that begins so many hours later than the calendar says. */
function daySum(
  hours: ReadonlyMap<number, OwnDay>,
  timeZone: string,
  day: string,
  shiftHours: number,
): OwnDay {
  const edge = (date: string) =>
    Math.ceil((startOfDay(date, timeZone).getTime() + shiftHours * HOUR_MS) / HOUR_MS) * HOUR_MS;
  const sum = { ...NOTHING };
  for (let at = edge(day); at < edge(nextDay(day)); at += HOUR_MS) {
    const hour = hours.get(at);
    if (hour === undefined) continue;
    for (const name of Object.keys(NOTHING) as (keyof OwnDay)[]) sum[name] += hour[name];
  }
  return sum;
}

/** Flagged first, then by how many impressions they are apart. */
function byWeight(left: DiscrepancyRow, right: DiscrepancyRow): number {
  const apart = (row: DiscrepancyRow) => Math.abs(row.ours - (row.theirs ?? 0));
  return (
    Number(right.isFlagged) - Number(left.isFlagged) ||
    apart(right) - apart(left) ||
    (left.day + left.id < right.day + right.id ? -1 : 1)
  );
}

function refused(field: string, value: string, accepted: string): AppError {
  return new AppError('input.invalid', `${field}: "${value}" does not fit; accepted: ${accepted}`, {
    fields: [{ field, message: 'does not fit', value, accepted }],
  });
}
