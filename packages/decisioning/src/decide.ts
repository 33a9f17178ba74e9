import { candidateReasons, fitsDuration, requestValue } from './candidate.ts';
import type {
  AccountIndex,
  AdRequest,
  DecisionIndex,
  DimensionMasks,
  IndexedCreative,
  IndexedFlight,
  IndexedLineItem,
  Readings,
} from './model.ts';
import { type Reason, reasonRank } from './reasons.ts';
import { draw } from './seeded.ts';

/** Keeps the draw for rotation apart from the draw for pacing. */
const ROTATION_SALT = 0x5bd1e995;

/** How many line items a refusal looks at to name its reason. */
const DIAGNOSED_ITEMS = 256;

/** A candidate whose counters were read, with what was read: what a replay needs. */
export interface Examined {
  readonly item: IndexedLineItem;
  readonly flight: IndexedFlight;
  readonly availableMicros: number;
  /** Null when the money was already gone and the rate was not asked for. */
  readonly passRate: number | null;
}

export interface AdOutcome {
  readonly kind: 'ad';
  readonly lineItem: IndexedLineItem;
  readonly flight: IndexedFlight;
  readonly creative: IndexedCreative;
  readonly priceMicros: number;
}

export interface NoAdOutcome {
  readonly kind: 'no_ad';
  /** The reason of the line item that came nearest to serving. */
  readonly reason: Reason;
}

export interface Decision {
  readonly outcome: AdOutcome | NoAdOutcome;
  readonly examined: readonly Examined[];
}

/** The flight that runs at `atMs`; flights are ordered by start. */
export function currentFlight(item: IndexedLineItem, atMs: number): IndexedFlight | undefined {
  for (const flight of item.flights) {
    if (flight.startMs > atMs) return undefined;
    if (flight.endMs > atMs) return flight;
  }
  return undefined;
}

/**
 * Chooses the ad for one slot. Pure: the same index, request, readings and seed give the same decision. Line items are
 * walked best first and the walk stops at the first that may serve, so its steps are bounded by the account's line
 * items and are few in practice.
 *
 * @param seed 32-bit unsigned; decides pacing draws and creative rotation
 */
export function decide(index: DecisionIndex, request: AdRequest, readings: Readings, seed: number): Decision {
  const examined: Examined[] = [];
  const account = index.accounts.get(request.accountId);
  if (!account) return { outcome: { kind: 'no_ad', reason: 'no_line_item' }, examined };
  let nearest: Reason | undefined;
  const masks = account.dimensions.map((dimension) => maskFor(dimension, request));
  for (let word = 0; word < account.live.length; word++) {
    let bits = account.live[word]!;
    for (const mask of masks) bits &= mask[word]!;
    while (bits !== 0) {
      const lowest = bits & -bits;
      bits ^= lowest;
      const item = account.items[word * 32 + 31 - Math.clz32(lowest)]!;
      const flight = currentFlight(item, request.atMs);
      if (!flight) continue;
      if (!fits(item, request)) {
        nearest = nearer(nearest, 'duration_fit');
        continue;
      }
      const availableMicros = readings.availableMicros(item, flight);
      if (availableMicros < item.priceMicros) {
        examined.push({ item, flight, availableMicros, passRate: null });
        nearest = nearer(nearest, 'no_budget');
        continue;
      }
      const passRate = readings.passRate(item, flight);
      examined.push({ item, flight, availableMicros, passRate });
      if (!passes(item, passRate, seed)) {
        nearest = nearer(nearest, 'pacing_ahead');
        continue;
      }
      const creative = rotate(item, request, seed);
      return {
        outcome: { kind: 'ad', lineItem: item, flight, creative, priceMicros: item.priceMicros },
        examined,
      };
    }
  }
  return { outcome: { kind: 'no_ad', reason: nearest ?? diagnose(account, request) }, examined };
}

function nearer(known: Reason | undefined, reason: Reason): Reason {
  return known === undefined || reasonRank(reason) > reasonRank(known) ? reason : known;
}

/** The pacing draw of one candidate. */
export function passes(item: IndexedLineItem, passRate: number, seed: number): boolean {
  return passRate >= 1 || draw(seed, item.idHash) < passRate;
}

/** True when at least one approved creative has a length the request accepts. */
function fits(item: IndexedLineItem, request: AdRequest): boolean {
  return item.creatives.some((creative) => fitsDuration(creative.durationMs, request));
}

function rotate(item: IndexedLineItem, request: AdRequest, seed: number): IndexedCreative {
  if (item.creatives.length === 1) return item.creatives[0]!;
  const fitting = item.creatives.filter((creative) => fitsDuration(creative.durationMs, request));
  let left =
    draw(seed, item.idHash ^ ROTATION_SALT) * fitting.reduce((sum, creative) => sum + creative.weight, 0);
  for (const creative of fitting) {
    left -= creative.weight;
    if (left < 0) return creative;
  }
  // Rounding of the sum can leave a remainder of zero.
  return fitting[fitting.length - 1]!;
}

function maskFor(dimension: DimensionMasks, request: AdRequest): Uint32Array {
  const value = requestValue(request, dimension.dimension);
  if (value === undefined || value === null) return dimension.unknown;
  return dimension.byValue.get(value) ?? dimension.otherwise;
}

/** Names a reason when no candidate was left to examine. Bounded, so that an empty answer stays cheap. */
function diagnose(account: AccountIndex, request: AdRequest): Reason {
  let nearest: Reason = 'no_line_item';
  for (const item of account.items.slice(0, DIAGNOSED_ITEMS)) {
    const reason = candidateReasons(item, request)[0];
    if (reason !== undefined && reasonRank(reason) > reasonRank(nearest)) nearest = reason;
  }
  return nearest;
}
