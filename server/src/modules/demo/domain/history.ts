import {
  type AdRequest,
  buildIndex,
  DIMENSION_NAMES,
  DIMENSIONS,
  decide,
  draw,
  flightPlan,
  type LineItemInput,
  OUT_OF_BUDGET,
  type PacePlan,
  type Readings,
  type SnapshotInput,
  zone,
} from '@cuepoint/decisioning';
import type { HourRow } from '#modules/events';

export interface HistoryInput {
  accountId: string;
  placementId: string;
  /** As serving would see it at the end of the history; what is left out is as a new line item has it. */
  lineItem: Pick<LineItemInput, 'id' | 'campaignId' | 'cpmMicros' | 'currency' | 'flights'>;
  creativeId: string;
  fromMs: number;
  untilMs: number;
  seed: number;
  /** Requests in an average hour. */
  requestsPerHour: number;
}

const hourMs = 3_600_000;
/** As a node before it has measured traffic: an hour, or a hundredth of the flight. */
const headStart = { ms: hourMs, part: 100 };

/** The typical day that plans expect, by the clock on the viewer's wall: share of an hour against the average. */
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
  const index = buildIndex(snapshotOf(input));
  const spent = new Map<string, number>();
  const plans = new Map<string, PacePlan>();
  const place = zone(input.lineItem.flights[0]?.timeZone ?? 'UTC');
  const rows = new Map<string, HourRow>();
  let count = 0;
  for (let hour = Math.floor(input.fromMs / hourMs) * hourMs; hour < input.untilMs; hour += hourMs) {
    const share = audience(((place.wallAt(hour) + hourMs / 2) / hourMs) % 24);
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
        facts,
        identity: null,
        atMs,
      };
      const [ad] = decide(index, request, readingsAt(spent, plans, atMs), seed).ads;
      if (!ad) continue;
      const { lineItem, flight, creative, priceMicros } = ad;
      spent.set(flight.id, (spent.get(flight.id) ?? 0) + priceMicros);
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
          campaign_id: lineItem.campaignId,
          line_item_id: lineItem.id,
          flight_id: flight.id,
          creative_id: creative.id,
          placement_id: input.placementId,
          event,
          reason: '',
          currency,
          country: '',
          device_type: DEVICE,
          count: 1,
          spent_micros: micros,
        });
      };
      add('request', 0, '');
      for (const event of watched(seed))
        add(event, event === 'impression' ? priceMicros : 0, lineItem.currency);
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

const DEVICE = 'ctv';

/** The generated audience is whom the line item wants, in front of a television. */
const facts = DIMENSION_NAMES.map((name) =>
  name === 'device' ? DEVICE : DIMENSIONS[name].kind === 'set' ? [] : null,
);

/** The line item alone with its approved creative, in a placement that takes anything. */
function snapshotOf({ accountId, placementId, lineItem, creativeId }: HistoryInput): SnapshotInput {
  return {
    lineItems: [
      {
        ...lineItem,
        accountId,
        brandId: 'demo',
        type: 'standard',
        priority: 8,
        priceModel: 'cpm',
        status: 'active',
        pacing: 'even',
        sharePercent: null,
        budgetMicros: null,
        targeting: { all: [] },
        dayparts: [],
        frequencyCaps: [],
        separation: { scope: 'pod', labels: [] },
        rotation: 'even',
        creatives: [{ creativeId, weight: 1, sequence: 1, startAt: null, endAt: null }],
      },
    ],
    creatives: [
      {
        id: creativeId,
        accountId,
        status: 'approved',
        durationMs: 15_000,
        adDomain: '',
        categories: [],
        fingerprint: creativeId,
        mediaFiles: [
          { mime: 'video/mp4', codec: 'avc1.640028', width: 1920, height: 1080, bitrateKbps: 8000 },
        ],
        clearedFor: [],
      },
    ],
    placements: [
      {
        id: placementId,
        accountId,
        publisherId: 'demo',
        position: 'standalone',
        minDurationMs: 1,
        maxDurationMs: 120_000,
        exactDurationsMs: [],
        pod: null,
        floorCpmMicros: 0,
        floorCurrency: lineItem.currency,
        durationFloors: [],
        minCpmPerSecondMicros: 0,
        allowedCategories: [],
        blockedCategories: [],
        blockedDomains: [],
        mimes: [],
        codecs: [],
        minBitrateKbps: 0,
        maxBitrateKbps: 100_000,
        clearance: null,
      },
    ],
  };
}

/**
 * Never ahead of the plan that nodes pace by and screens show, with what the history itself has spent so far.
 * @param plans of the flights met so far
 */
function readingsAt(
  spent: ReadonlyMap<string, number>,
  plans: Map<string, PacePlan>,
  atMs: number,
): Readings {
  const unlimited = () => Number.POSITIVE_INFINITY;
  return {
    affordable({ priceMicros }, { id, source }) {
      if (source.budgetMicros === null || priceMicros === 0) return Number.POSITIVE_INFINITY;
      const impressions = Math.floor((source.budgetMicros - (spent.get(id) ?? 0)) / priceMicros);
      return impressions > 0 ? impressions : OUT_OF_BUDGET;
    },
    passRate(_item, { id, startMs, endMs, source }) {
      if (source.budgetMicros === null) return 1;
      let plan = plans.get(id);
      if (!plan) {
        plan = flightPlan({ mode: 'even', timeZone: source.timeZone, startMs, endMs });
        plans.set(id, plan);
      }
      const ahead = Math.min(headStart.ms, (endMs - startMs) / headStart.part);
      return (spent.get(id) ?? 0) < source.budgetMicros * plan.plannedShare(atMs + ahead) ? 1 : 0;
    },
    room: unlimited,
    creativeRoom: unlimited,
    sequence: () => 0,
  };
}
