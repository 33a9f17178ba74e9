import { compileSchedule, isOpen, nextChangeAt, type Schedule } from '../calendar/dayparts.ts';
import { zone } from '../calendar/zone.ts';
import { dimensionOrdinal } from '../targeting/dimensions.ts';
import { type Conjunction, conjunctionsOf } from '../targeting/tree.ts';
import type { DimensionMasks, IndexBlock, IndexedFlight, IndexedLineItem } from './model.ts';

/** Small enough that an edit rebuilds little, large enough that a walk over many blocks stays cheap. */
export const BLOCK_ITEMS = 512;

/** What one line item adds to its block, made once for as long as it does not change. */
export interface ItemRows {
  readonly conjunctions: readonly Conjunction[];
  readonly schedule: Schedule | null;
}

/** @throws TargetingError for a tree beyond TARGETING_LIMITS */
export function itemRows(item: IndexedLineItem): ItemRows {
  const { targeting, dayparts } = item.source;
  return {
    conjunctions: conjunctionsOf(targeting),
    schedule: dayparts.length === 0 ? null : compileSchedule(dayparts),
  };
}

const schedules = new WeakMap<IndexedLineItem, Schedule | null>();

/** Builds the block of these line items, at most BLOCK_ITEMS, best first. */
export function buildBlock(
  items: readonly IndexedLineItem[],
  rowsOf: (item: IndexedLineItem) => ItemRows,
): IndexBlock {
  const conjunctions: Conjunction[] = [];
  const rowItems: number[] = [];
  items.forEach((item, position) => {
    const rows = rowsOf(item);
    schedules.set(item, rows.schedule);
    for (const conjunction of rows.conjunctions) {
      conjunctions.push(conjunction);
      rowItems.push(position);
    }
  });
  const words = Math.ceil(conjunctions.length / 32);
  const bestRanks = new Map<number, number>();
  // Best first: the first of a priority ranks highest in it.
  for (const { priority, rankMicros } of items)
    if (!bestRanks.has(priority)) bestRanks.set(priority, rankMicros);
  return {
    items,
    bestRanks,
    rowItems: Uint16Array.from(rowItems),
    words,
    dimensions: dimensionMasks(conjunctions, words),
    running: new Uint32Array(words),
    runningFromMs: Number.POSITIVE_INFINITY,
    runningUntilMs: Number.NEGATIVE_INFINITY,
    runningCount: 0,
  };
}

interface GrowingMasks {
  readonly ordinal: number;
  readonly wanted: Map<string, Uint32Array>;
  readonly refused: Map<string, Uint32Array>;
  /** Rows that want a value here. */
  readonly wanting: Uint32Array;
  readonly ruled: Uint32Array;
}

function dimensionMasks(conjunctions: readonly Conjunction[], words: number): DimensionMasks[] {
  // A second list of wanted values on one dimension (genre A, and genre B as well) gets masks of its own.
  const byKey = new Map<string, GrowingMasks>();
  conjunctions.forEach((conjunction, row) => {
    const used = new Map<string, number>();
    for (const { dimension, operator, values } of conjunction) {
      const occurrence = operator === 'any_of' ? (used.get(dimension) ?? 0) : 0;
      if (operator === 'any_of') used.set(dimension, occurrence + 1);
      const masks = growing(byKey, dimension, occurrence, words);
      setBit(masks.ruled, row);
      if (operator === 'any_of') setBit(masks.wanting, row);
      const into = operator === 'any_of' ? masks.wanted : masks.refused;
      for (const value of values) {
        let mask = into.get(value);
        if (!mask) {
          mask = new Uint32Array(words);
          into.set(value, mask);
        }
        setBit(mask, row);
      }
    }
  });
  return [...byKey.values()].map(({ ordinal, wanted, refused, wanting, ruled }) => ({
    ordinal,
    wanted,
    refused,
    free: complement(wanting, conjunctions.length),
    unruled: complement(ruled, conjunctions.length),
    answers: new Map(),
  }));
}

function growing(
  byKey: Map<string, GrowingMasks>,
  dimension: string,
  occurrence: number,
  words: number,
): GrowingMasks {
  const key = `${dimension} ${occurrence}`;
  let masks = byKey.get(key);
  if (!masks) {
    masks = {
      ordinal: dimensionOrdinal(dimension)!,
      wanted: new Map(),
      refused: new Map(),
      wanting: new Uint32Array(words),
      ruled: new Uint32Array(words),
    };
    byKey.set(key, masks);
  }
  return masks;
}

function complement(mask: Uint32Array, bits: number): Uint32Array {
  const result = mask.map((word) => ~word);
  const rest = bits & 31;
  if (rest !== 0) result[result.length - 1]! &= (1 << rest) - 1;
  return result;
}

/** Values that strangers send and nobody targets: their answer is the same, and remembering each would grow for ever. */
const EMPTY: readonly string[] = [];
const scratch: Uint32Array[] = [];

/**
 * Rows that a fact satisfies.
 * @param depth which scratch array a list may be worked out in
 */
export function maskFor(
  dimension: DimensionMasks,
  fact: string | readonly string[] | null,
  words: number,
  depth: number,
): Uint32Array {
  if (fact === null) return dimension.unruled;
  if (typeof fact === 'string') {
    const known = dimension.answers.get(fact);
    if (known) return known;
    const wanted = dimension.wanted.get(fact);
    const refused = dimension.refused.get(fact);
    if (!wanted && !refused) return dimension.free;
    const answer = dimension.free.map(
      (word, index) => (word | (wanted?.[index] ?? 0)) & ~(refused?.[index] ?? 0),
    );
    dimension.answers.set(fact, answer);
    return answer;
  }
  if (fact === EMPTY || fact.length === 0) return dimension.free;
  let into = scratch[depth];
  if (!into || into.length < words) {
    into = new Uint32Array(words);
    scratch[depth] = into;
  }
  for (let word = 0; word < words; word++) into[word] = dimension.free[word]!;
  for (const value of fact) {
    const wanted = dimension.wanted.get(value);
    if (wanted) for (let word = 0; word < words; word++) into[word]! |= wanted[word]!;
  }
  for (const value of fact) {
    const refused = dimension.refused.get(value);
    if (refused) for (let word = 0; word < words; word++) into[word]! &= ~refused[word]!;
  }
  return into;
}

/** The flight that runs at `atMs`; flights are ordered by start and do not overlap. */
export function currentFlight(item: IndexedLineItem, atMs: number): IndexedFlight | undefined {
  for (const flight of item.flights) {
    if (flight.startMs > atMs) return undefined;
    if (flight.endMs > atMs) return flight;
  }
  return undefined;
}

/** Whether the line item's dayparts are open, in the zone of the flight. */
export function isDaypartOpen(item: IndexedLineItem, flight: IndexedFlight, atMs: number): boolean {
  const schedule = scheduleOf(item);
  return schedule === null || isOpen(schedule, zone(flight.source.timeZone), atMs);
}

function scheduleOf(item: IndexedLineItem): Schedule | null {
  let schedule = schedules.get(item);
  if (schedule === undefined) {
    schedule = item.source.dayparts.length === 0 ? null : compileSchedule(item.source.dayparts);
    schedules.set(item, schedule);
  }
  return schedule;
}

/**
 * Brings `running` to an instant: rows whose line item is active, in a flight, in an open daypart, and has a creative.
 * It holds until the next flight or daypart of the block begins or ends, so it is exact for every instant between and
 * costs nothing on most requests. It may go back in time, as a replay does.
 */
export function runningAt(block: IndexBlock, atMs: number): Uint32Array {
  if (atMs >= block.runningFromMs && atMs < block.runningUntilMs) return block.running;
  const states = new Uint8Array(block.items.length);
  let from = Number.NEGATIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  let count = 0;
  block.items.forEach((item, position) => {
    if (item.source.status !== 'active' || item.assignments.length === 0) return;
    for (const flight of item.flights) {
      if (flight.startMs > atMs) {
        until = Math.min(until, flight.startMs);
        break;
      }
      if (flight.endMs <= atMs) {
        from = Math.max(from, flight.endMs);
        continue;
      }
      from = Math.max(from, flight.startMs);
      until = Math.min(until, flight.endMs);
      const schedule = scheduleOf(item);
      if (schedule !== null) {
        const place = zone(flight.source.timeZone);
        until = Math.min(until, nextChangeAt(schedule, place, atMs));
        // A schedule does not say when it last changed; then the answer holds from this instant on only.
        from = Math.max(from, atMs);
        if (!isOpen(schedule, place, atMs)) break;
      }
      states[position] = 1;
      count++;
      break;
    }
  });
  block.running.fill(0);
  for (let row = 0; row < block.rowItems.length; row++)
    if (states[block.rowItems[row]!] === 1) setBit(block.running, row);
  block.runningFromMs = from;
  block.runningUntilMs = until;
  block.runningCount = count;
  return block.running;
}

function setBit(mask: Uint32Array, row: number): void {
  mask[row >>> 5]! |= 1 << (row & 31);
}
