import {
  type AdRequest,
  buildIndex,
  decide,
  draw,
  plannedMicros,
  type Readings,
  type SnapshotInput,
} from '@cuepoint/decisioning';
import type { HourRow } from '#modules/events';

export interface HistoryInput {
  accountId: string;
  placementId: string;
  /** As serving would see it at the end of the history. */
  snapshot: SnapshotInput;
  campaignOf: ReadonlyMap<string, { campaignId: string; currency: string }>;
  /** Country of the generated audience, by line item's market. */
  countries: readonly string[];
  fromMs: number;
  untilMs: number;
  seed: number;
  /** Requests in an average hour. */
  requestsPerHour: number;
}

const hourMs = 3_600_000;

/** Evening peak, small noon and morning ones: share of an hour against the average. */
function audience(hourOfDay: number): number {
  const bump = (at: number, width: number, height: number) =>
    height * Math.exp(-(((hourOfDay - at) / width) ** 2));
  return (0.25 + bump(20.5, 2.6, 0.9) + bump(12.5, 3, 0.35) + bump(7.5, 1.5, 0.1)) / 0.55;
}

/**
 * Delivery that the real engine would have made for a generated audience:
 * every impression is a decision of `decide` within budget and pace, and every
 * viewer's behaviour is drawn from the seed. The same input gives the same rows.
 */
export function generateHistory(input: HistoryInput): HourRow[] {
  const index = buildIndex(input.snapshot);
  const spent = new Map<string, number>();
  const rows = new Map<string, HourRow>();
  let count = 0;
  for (let hour = Math.floor(input.fromMs / hourMs) * hourMs; hour < input.untilMs; hour += hourMs) {
    const share = audience(new Date(hour).getUTCHours());
    const noise = 0.85 + 0.3 * draw(input.seed, hour / hourMs);
    const requests = Math.round(input.requestsPerHour * share * noise);
    for (let n = 0; n < requests; n++) {
      const seed = (input.seed + ++count * 2_654_435_761) >>> 0;
      const atMs = hour + Math.floor((n / Math.max(1, requests)) * hourMs);
      if (atMs < input.fromMs || atMs >= input.untilMs) continue;
      const request: AdRequest = {
        accountId: input.accountId,
        placementId: input.placementId,
        minDurationMs: 0,
        maxDurationMs: 120_000,
        country: input.countries[Math.floor(draw(seed, 1) * input.countries.length)] ?? null,
        device: 'ctv',
        atMs,
      };
      const { outcome } = decide(index, request, readingsAt(spent, atMs), seed);
      if (outcome.kind !== 'ad') continue;
      const { lineItem, flight, creative, priceMicros } = outcome;
      spent.set(flight.id, (spent.get(flight.id) ?? 0) + priceMicros);
      const about = input.campaignOf.get(lineItem.id);
      if (!about) throw new Error(`no campaign for line item ${lineItem.id}`);
      const add = (event: string, micros: number, currency: string) => {
        const key = `${hour}:${lineItem.id}:${creative.id}:${event}`;
        const row = rows.get(key);
        if (row) {
          row.count += 1;
          row.spent_micros += micros;
          return;
        }
        rows.set(key, {
          account_id: input.accountId,
          hour: new Date(hour).toISOString(),
          campaign_id: about.campaignId,
          line_item_id: lineItem.id,
          flight_id: flight.id,
          creative_id: creative.id,
          placement_id: input.placementId,
          event,
          reason: '',
          currency,
          count: 1,
          spent_micros: micros,
        });
      };
      add('request', 0, '');
      for (const event of watched(seed)) add(event, event === 'impression' ? priceMicros : 0, about.currency);
    }
  }
  return [...rows.values()];
}

/** How far a viewer watches, and whether they click; about 95 of 100 see the end, as on a television. */
function watched(seed: number): string[] {
  const left = draw(seed, 2);
  const events = ['impression', 'start'];
  const steps: Array<[string, number]> = [
    ['firstQuartile', 0.985],
    ['midpoint', 0.972],
    ['thirdQuartile', 0.961],
    ['complete', 0.952],
  ];
  for (const [event, share] of steps) if (left < share) events.push(event);
  if (draw(seed, 3) < 0.0015) events.push('click');
  return events;
}

/** Even pace with what the history itself has spent so far. */
function readingsAt(spent: ReadonlyMap<string, number>, atMs: number): Readings {
  const left = (flight: { id: string; budgetMicros: number | null }) =>
    (flight.budgetMicros ?? Number.POSITIVE_INFINITY) - (spent.get(flight.id) ?? 0);
  return {
    availableMicros: (_item, flight) => left(flight),
    passRate: (_item, flight) => {
      if (flight.budgetMicros === null) return 1;
      const planned = plannedMicros(flight.budgetMicros, flight.startMs, flight.endMs, atMs);
      return (spent.get(flight.id) ?? 0) < planned ? 1 : 0;
    },
  };
}
