import { getLossHistory, type LossHistory, type LossMarker } from '@cuepoint/contract';
import { type AnyBinding, implement } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { dayOf, startOfDay } from '../../../kernel/zoned-day.ts';
import { type LossHour, lastDays, lossDays, totalReasons } from '../domain/loss-days.ts';
import { lineItemLosses } from '../explained-hours.ts';

/** Changes that one answer lists. */
const MOST_CHANGES = 200;

/** What was changed, of the audit trail. */
export type PastChange = Omit<LossMarker, 'day'>;

export interface LossHistoryPorts {
  /** Requests of the account by UTC hour and why they got no ad; an empty reason is an ad. Of one placement when given. */
  requestsByHour(
    tx: Tx,
    query: { from: Date; until: Date; placementId: string | null },
  ): Promise<{ hour: string; reason: string; count: number }[]>;
  /** Null when the account has no such placement. */
  placementName(tx: Tx, placementId: string): Promise<string | null>;
  /** A line item and all that belongs to it, by id; null when the account has no such line item. */
  lineItemFamily(tx: Tx, lineItemId: string): Promise<readonly string[] | null>;
  /** The newest changes of these objects, or of these kinds of objects, since an instant; oldest first. */
  changesSince(
    tx: Tx,
    query: { since: Date; entityIds?: readonly string[]; entityKinds?: readonly string[]; most: number },
  ): Promise<{ changes: PastChange[]; total: number }>;
}

/** Kinds of objects whose changes decide what requests get. */
const SOLD = ['campaign', 'line_item', 'flight', 'creative', 'placement'];

export function lossHistoryOperation(ports: LossHistoryPorts): AnyBinding {
  return implement(
    getLossHistory,
    async (
      { lineItemId, placementId, days, timeZone },
      { tx, now, principal, fail },
    ): Promise<LossHistory> => {
      if (lineItemId !== undefined && placementId !== undefined)
        fail(
          'input.invalid',
          'placementId and lineItemId: give one of them; a line item is explained over all placements.',
        );
      if (placementId !== undefined && (await ports.placementName(tx, placementId)) === null)
        fail('placement.not_found', `There is no placement ${placementId}.`);
      const family = lineItemId === undefined ? null : await ports.lineItemFamily(tx, lineItemId);
      if (lineItemId !== undefined && family === null)
        fail('line_item.not_found', `There is no line item ${lineItemId}.`);
      const list = lastDays(now, days, timeZone);
      const from = startOfDay(list[0]!, timeZone);
      const counted = countedHours(
        await ports.requestsByHour(tx, { from, until: now, placementId: placementId ?? null }),
      );
      const hours =
        lineItemId === undefined
          ? counted
          : explainedHours(counted, await lineItemLosses(tx, lineItemId, from, now));
      const byDay = lossDays(list, timeZone, hours);
      const sum = (name: 'requests' | 'known') => byDay.reduce((total, one) => total + one[name], 0);
      const marked = principal.permissions.has('audit:read')
        ? await ports.changesSince(tx, {
            since: from,
            ...(family ? { entityIds: family } : { entityKinds: SOLD }),
            most: MOST_CHANGES,
          })
        : null;
      return {
        basis: lineItemId === undefined ? 'counted' : 'explained',
        lineItemId: lineItemId ?? null,
        placementId: placementId ?? null,
        timeZone,
        from: list[0]!,
        to: list.at(-1)!,
        requests: sum('requests'),
        known: sum('known'),
        detail: detailOf(lineItemId !== undefined, sum('known'), sum('requests')),
        days: byDay,
        reasons: totalReasons(byDay),
        changes: marked?.changes.map((one) => ({ ...one, day: dayOf(new Date(one.at), timeZone) })) ?? null,
        changesTotal: marked?.total ?? null,
      };
    },
  );
}

function detailOf(isExplained: boolean, known: number, requests: number): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return isExplained
    ? `Explained ${number(known)} of ${number(requests)} requests; shares are of that sample, each hour by its requests. The current hour is not explained yet.`
    : `All ${number(requests)} requests are counted.`;
}

function countedHours(rows: readonly { hour: string; reason: string; count: number }[]): LossHour[] {
  const hours = new Map<
    string,
    { hour: string; requests: number; known: number; counts: Record<string, number> }
  >();
  for (const { hour, reason, count } of rows) {
    const one = hours.get(hour) ?? { hour, requests: 0, known: 0, counts: {} };
    one.requests += count;
    one.known += count;
    one.counts[reason] = (one.counts[reason] ?? 0) + count;
    hours.set(hour, one);
  }
  return [...hours.values()];
}

/** Every counted hour, with what explaining it found; one that was not explained is known by its requests alone. */
function explainedHours(
  counted: readonly LossHour[],
  explained: readonly { hour: string; explained: number; counts: Record<string, number> }[],
): LossHour[] {
  const found = new Map(explained.map((one) => [one.hour, one]));
  return counted.map(({ hour, requests }) => {
    const one = found.get(hour);
    return { hour, requests, known: one?.explained ?? 0, counts: one?.counts ?? {} };
  });
}
