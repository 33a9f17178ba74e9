import type {
  AccountIndex,
  CreativeInput,
  DecisionIndex,
  DimensionMasks,
  IndexedLineItem,
  LineItemInput,
  SnapshotInput,
  TargetingRuleInput,
} from './model.ts';
import { hashId } from './seeded.ts';

/** Best first: priority, then price, then id, so that no two runs can disagree. */
export function compareRank(left: IndexedLineItem, right: IndexedLineItem): number {
  return (
    left.priority - right.priority ||
    right.priceMicros - left.priceMicros ||
    (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
  );
}

/** True when a rule lets this value in. `null` is an unknown value and satisfies no rule, not even an exclusion. */
export function ruleHolds(rule: TargetingRuleInput, value: string | null): boolean {
  if (value === null) return false;
  return rule.values.includes(value) === (rule.operator === 'any_of');
}

/**
 * Prepares a snapshot for `decide`: line items ranked per account, one bitset per targeting value. Takes time in
 * proportion to the snapshot; build it once per swap. Throws RangeError for a price that is no whole number of micros
 * per impression, or an instant that does not parse.
 */
export function buildIndex(snapshot: SnapshotInput): DecisionIndex {
  const creatives = new Map(snapshot.creatives.map((creative) => [creative.id, creative]));
  const byAccount = new Map<string, IndexedLineItem[]>();
  const lineItems = new Map<string, IndexedLineItem>();
  let flightSlots = 0;
  snapshot.lineItems.forEach((input, slot) => {
    const item = indexLineItem(input, slot, flightSlots, creatives);
    flightSlots += item.flights.length;
    lineItems.set(item.id, item);
    const items = byAccount.get(item.accountId);
    if (items) items.push(item);
    else byAccount.set(item.accountId, [item]);
  });
  const accounts = new Map<string, AccountIndex>();
  for (const [accountId, items] of byAccount) accounts.set(accountId, indexAccount(items.sort(compareRank)));
  return { accounts, lineItems, lineItemSlots: snapshot.lineItems.length, flightSlots };
}

function indexLineItem(
  input: LineItemInput,
  slot: number,
  firstFlightSlot: number,
  creatives: ReadonlyMap<string, CreativeInput>,
): IndexedLineItem {
  if (!Number.isSafeInteger(input.cpmMicros) || input.cpmMicros < 0 || input.cpmMicros % 1000 !== 0)
    throw new RangeError(`line item ${input.id}: cpmMicros ${input.cpmMicros} is not a multiple of 1000`);
  const flights = input.flights
    .map((flight, order) => ({
      id: flight.id,
      slot: firstFlightSlot + order,
      startMs: instant(flight.startAt, `flight ${flight.id} startAt`),
      endMs: instant(flight.endAt, `flight ${flight.id} endAt`),
      budgetMicros: flight.budgetMicros,
    }))
    .sort((left, right) => left.startMs - right.startMs || (left.id < right.id ? -1 : 1));
  const approved = input.creatives.flatMap(({ creativeId, weight }) => {
    const creative = creatives.get(creativeId);
    // A creative of another account is as good as unknown: tenants never share by accident of an id.
    if (creative?.status !== 'approved' || creative.accountId !== input.accountId) return [];
    return [{ id: creativeId, durationMs: creative.durationMs, weight }];
  });
  approved.sort((left, right) => (left.id < right.id ? -1 : 1));
  return {
    id: input.id,
    slot,
    accountId: input.accountId,
    campaignId: input.campaignId,
    brandId: input.brandId,
    priority: input.priority,
    priceMicros: input.cpmMicros / 1000,
    currency: input.currency,
    status: input.status,
    pacing: input.pacing,
    budgetMicros: input.budgetMicros,
    targeting: input.targeting,
    flights,
    creatives: approved,
    idHash: hashId(input.id),
  };
}

function instant(text: string, what: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new RangeError(`${what}: "${text}" is not an instant`);
  return value;
}

function indexAccount(items: IndexedLineItem[]): AccountIndex {
  const words = Math.ceil(items.length / 32);
  const live = new Uint32Array(words);
  const values = new Map<string, Set<string>>();
  items.forEach((item, rank) => {
    if (item.status === 'active' && item.flights.length > 0 && item.creatives.length > 0) setBit(live, rank);
    for (const rule of item.targeting) {
      const named = values.get(rule.dimension) ?? new Set<string>();
      for (const value of rule.values) named.add(value);
      values.set(rule.dimension, named);
    }
  });
  const dimensions = [...values].map(([dimension, named]) => dimensionMasks(dimension, named, items, words));
  return { items, live, dimensions };
}

function dimensionMasks(
  dimension: string,
  named: ReadonlySet<string>,
  items: readonly IndexedLineItem[],
  words: number,
): DimensionMasks {
  const otherwise = new Uint32Array(words);
  const unknown = new Uint32Array(words);
  const ruled: { rank: number; rules: TargetingRuleInput[] }[] = [];
  items.forEach((item, rank) => {
    const rules = item.targeting.filter((rule) => rule.dimension === dimension);
    if (rules.length > 0) ruled.push({ rank, rules });
    else setBit(unknown, rank);
    if (rules.every((rule) => rule.operator === 'none_of')) setBit(otherwise, rank);
  });
  // Most line items share the mask of "no rule here"; only those with a rule are looked at again per value.
  const byValue = new Map([...named].map((value) => [value, unknown.slice()]));
  for (const { rank, rules } of ruled) {
    const single = rules.length === 1 ? rules[0] : undefined;
    if (single?.operator === 'any_of') {
      for (const value of single.values) setBit(byValue.get(value)!, rank);
    } else {
      for (const [value, mask] of byValue) {
        if (rules.every((rule) => ruleHolds(rule, value))) setBit(mask, rank);
      }
    }
  }
  return { dimension, byValue, otherwise, unknown };
}

function setBit(mask: Uint32Array, rank: number): void {
  mask[rank >>> 5]! |= 1 << (rank & 31);
}
