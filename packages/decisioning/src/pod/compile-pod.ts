import {
  MAX_POD_CANDIDATES,
  MAX_POD_DURATION_MS,
  MAX_POD_SLOTS,
  MAX_POD_VALUE,
  type PodRules,
  type PodSlot,
} from './model.ts';

const MAX_DURATION_FLOORS = 64;
const MAX_EXACT_DURATIONS = 64;
const MAX_MULTIPLIER_PPM = 10_000_000;
const UNIT_PPM = 1_000_000;

/** Rules that have been checked and laid out for the solver; made once per placement, used for every request. */
export interface CompiledPod {
  readonly rules: PodRules;
  /** 0 when the pod has no dynamic part. */
  readonly dynamicMs: number;
  readonly dynamicAds: number;
  readonly exact: boolean;
  readonly slots: readonly PodSlot[];
  /** Bit per slot. */
  readonly bumperSlots: number;
  /** Bumper slots before every, or after every, other place: what a bumper for `first` or `last` may take. */
  readonly openerSlots: number;
  readonly closerSlots: number;
  /** Ads in all. */
  readonly maxAds: number;
  readonly minValuePerSecond: number;
  readonly floorValue: number;
  readonly floorMin: Float64Array;
  readonly floorMax: Float64Array;
  readonly floorOf: Float64Array;
  readonly firstPpm: number;
  readonly lastPpm: number;
  readonly backups: number;
}

/**
 * Checks the rules of a pod.
 * @throws RangeError naming the field, its value and what would be accepted.
 */
export function compilePod(rules: PodRules): CompiledPod {
  if (rules.kind !== 'dynamic' && rules.kind !== 'structured' && rules.kind !== 'hybrid') {
    throw refusal('kind', rules.kind, 'dynamic, structured or hybrid');
  }
  const dynamic = rules.kind !== 'structured';
  whole('durationMs', rules.durationMs, dynamic ? 1 : 0, dynamic ? MAX_POD_DURATION_MS : 0);
  whole('maxAds', rules.maxAds, 1, MAX_POD_CANDIDATES);
  const hasSlots = rules.kind !== 'dynamic';
  if (hasSlots ? rules.slots.length < 1 || rules.slots.length > MAX_POD_SLOTS : rules.slots.length > 0) {
    const accepted = hasSlots ? `1 to ${MAX_POD_SLOTS} slots` : 'no slots in a dynamic pod';
    throw refusal('slots.length', rules.slots.length, accepted);
  }
  if (rules.exact && !dynamic) throw refusal('exact', true, 'false in a structured pod');
  rules.slots.forEach(checkSlot);
  whole('minValuePerSecond', rules.minValuePerSecond, 0, MAX_POD_VALUE);
  whole('floorValue', rules.floorValue, 0, MAX_POD_VALUE);
  whole('durationFloors.length', rules.durationFloors.length, 0, MAX_DURATION_FLOORS);
  rules.durationFloors.forEach((entry, at) => {
    whole(`durationFloors[${at}].minMs`, entry.minMs, 0, MAX_POD_DURATION_MS);
    whole(`durationFloors[${at}].maxMs`, entry.maxMs, entry.minMs, MAX_POD_DURATION_MS);
    whole(`durationFloors[${at}].floor`, entry.floor, 0, MAX_POD_VALUE);
  });
  whole('firstMultiplierPpm', rules.firstMultiplierPpm, 0, MAX_MULTIPLIER_PPM);
  whole('lastMultiplierPpm', rules.lastMultiplierPpm, 0, MAX_MULTIPLIER_PPM);
  whole('backups', rules.backups, 0, MAX_POD_CANDIDATES);
  const { bumperSlots, openerSlots, closerSlots } = slotMasks(rules.slots, dynamic);
  return {
    rules,
    dynamicMs: dynamic ? rules.durationMs : 0,
    dynamicAds: dynamic ? rules.maxAds : 0,
    exact: rules.exact,
    slots: rules.slots,
    bumperSlots,
    openerSlots,
    closerSlots,
    maxAds: dynamic ? rules.slots.length + rules.maxAds : Math.min(rules.maxAds, rules.slots.length),
    minValuePerSecond: rules.minValuePerSecond,
    floorValue: rules.floorValue,
    floorMin: Float64Array.from(rules.durationFloors, (entry) => entry.minMs),
    floorMax: Float64Array.from(rules.durationFloors, (entry) => entry.maxMs),
    floorOf: Float64Array.from(rules.durationFloors, (entry) => entry.floor),
    firstPpm: rules.firstMultiplierPpm,
    lastPpm: rules.lastMultiplierPpm,
    backups: rules.backups,
  };
}

/** What an ad of `durationMs` must at least be worth, and whether it is. */
export function meetsFloor(pod: CompiledPod, durationMs: number, value: number): boolean {
  if (value * 1000 < pod.minValuePerSecond * durationMs) return false;
  for (let at = 0; at < pod.floorOf.length; at++) {
    if (durationMs >= pod.floorMin[at]! && durationMs <= pod.floorMax[at]!) return value >= pod.floorOf[at]!;
  }
  return value >= pod.floorValue;
}

/** The value at a place with a multiplier, rounded to whole micros. */
export function multiplied(value: number, ppm: number): number {
  return ppm === UNIT_PPM ? value : Math.round((value * ppm) / UNIT_PPM);
}

function slotMasks(slots: readonly PodSlot[], dynamic: boolean) {
  let bumper = 0;
  slots.forEach((slot, at) => {
    if (slot.kind === 'bumper') bumper |= 1 << at;
  });
  let opener = 0;
  for (let at = 0; at < slots.length && (bumper >> at) & 1; at++) opener |= 1 << at;
  let closer = 0;
  if (!dynamic) for (let at = slots.length - 1; at >= 0 && (bumper >> at) & 1; at--) closer |= 1 << at;
  return { bumperSlots: bumper, openerSlots: opener, closerSlots: closer };
}

function checkSlot(slot: PodSlot, at: number): void {
  if (slot.kind !== 'any' && slot.kind !== 'bumper') {
    throw refusal(`slots[${at}].kind`, slot.kind, 'any or bumper');
  }
  whole(`slots[${at}].minDurationMs`, slot.minDurationMs, 0, MAX_POD_DURATION_MS);
  whole(
    `slots[${at}].maxDurationMs`,
    slot.maxDurationMs,
    Math.max(1, slot.minDurationMs),
    MAX_POD_DURATION_MS,
  );
  const exact = slot.exactDurationsMs;
  if (exact === undefined) return;
  whole(`slots[${at}].exactDurationsMs.length`, exact.length, 1, MAX_EXACT_DURATIONS);
  exact.forEach((ms, nth) => {
    whole(`slots[${at}].exactDurationsMs[${nth}]`, ms, 1, MAX_POD_DURATION_MS);
  });
}

/** @throws RangeError unless `value` is a whole number within the limits. */
export function whole(field: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw refusal(field, value, min === max ? `${min}` : `a whole number from ${min} to ${max}`);
}

function refusal(field: string, value: unknown, accepted: string): RangeError {
  return new RangeError(`${field} is ${String(value)}; accepted is ${accepted}`);
}
