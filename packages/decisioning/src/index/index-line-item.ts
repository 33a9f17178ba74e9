import type { CreativeInput, LineItemInput, PlacementInput } from '../model.ts';
import { hashId } from '../seeded.ts';
import { SharedValues } from '../shared-values.ts';
import type {
  IndexedAssignment,
  IndexedCap,
  IndexedCreative,
  IndexedFlight,
  IndexedLineItem,
  IndexedPlacement,
} from './model.ts';
import { blockedKeys, separationKey } from './separation-key.ts';

const UNIT_MS = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  lifetime: Number.POSITIVE_INFINITY,
} as const;

/** Best first: priority, then price, then id, so that no two runs can disagree. */
export function compareRank(left: IndexedLineItem, right: IndexedLineItem): number {
  return (
    left.priority - right.priority ||
    right.rankMicros - left.rankMicros ||
    (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
  );
}

/**
 * @param slotOf dense number of a line item or flight
 * @throws RangeError for a price that is no whole number of micros per impression, or an instant that does not parse
 */
export function indexLineItem(
  input: LineItemInput,
  slotOf: { lineItem(id: string): number; flight(id: string): number },
  creatives: ReadonlyMap<string, IndexedCreative>,
): IndexedLineItem {
  if (!Number.isSafeInteger(input.cpmMicros) || input.cpmMicros < 0 || input.cpmMicros % 1000 !== 0)
    throw new RangeError(`line item ${input.id}: cpmMicros ${input.cpmMicros} is not a multiple of 1000`);
  const flights = input.flights
    .map(
      (flight): IndexedFlight => ({
        id: flight.id,
        slot: slotOf.flight(flight.id),
        startMs: instant(flight.startAt, `flight ${flight.id} startAt`),
        endMs: instant(flight.endAt, `flight ${flight.id} endAt`),
        source: flight,
      }),
    )
    .sort((left, right) => left.startMs - right.startMs || (left.id < right.id ? -1 : 1));
  const approved = assignments(input, creatives);
  return {
    id: input.id,
    slot: slotOf.lineItem(input.id),
    accountId: input.accountId,
    campaignId: input.campaignId,
    brandId: input.brandId,
    priority: input.priority,
    // What was sold for a sum, or is our own, is not asked for a floor.
    isPriced: input.type !== 'sponsorship' && input.type !== 'guaranteed' && input.type !== 'house',
    priceMicros: input.priceModel === 'flat' ? 0 : input.cpmMicros / 1000,
    rankMicros: input.cpmMicros,
    currency: input.currency,
    share: input.sharePercent === null ? 0 : input.sharePercent / 100,
    flights,
    assignments: approved,
    lengthsMs: [...new Set(approved.map(({ creative }) => creative.durationMs))],
    ...commonKeys(approved),
    caps: input.frequencyCaps.map((cap) => capOf(cap, input)),
    campaignScopeKey: campaignScope(input),
    brandScopeKey: brandScope(input),
    capsCreatives: input.frequencyCaps.some((cap) => cap.scope === 'creative'),
    isSequential: input.rotation === 'sequential',
    labelKeys: keysOf('label', input.separation.labels),
    itemKey: hashId(`line_item_in_break:${input.id}`),
    brandKey: separationKey('brand', input.brandId),
    separatesStream: input.separation.scope === 'stream',
    idHash: hashId(input.id),
    source: input,
  };
}

function commonKeys(
  approved: readonly IndexedAssignment[],
): Pick<IndexedLineItem, 'commonCategoryKeys' | 'commonDomainKey'> {
  const [first, ...others] = approved.map(({ creative }) => creative);
  if (!first) return { commonCategoryKeys: [], commonDomainKey: 0 };
  return {
    commonCategoryKeys: first.categoryKeys.filter((key) =>
      others.every(({ categoryKeys }) => categoryKeys.includes(key)),
    ),
    commonDomainKey: others.every(({ domainKey }) => domainKey === first.domainKey) ? first.domainKey : 0,
  };
}

/** Line items that show a creative mostly show it alike. */
const knownAssignments = new WeakMap<IndexedCreative, SharedValues<IndexedAssignment>>();
const MAX_KNOWN_ASSIGNMENTS = 64;

function assignments(
  input: LineItemInput,
  creatives: ReadonlyMap<string, IndexedCreative>,
): IndexedAssignment[] {
  return input.creatives
    .flatMap((assignment): IndexedAssignment[] => {
      const creative = creatives.get(assignment.creativeId);
      // A creative of another account is as good as unknown: tenants never share by accident of an id.
      if (creative?.source.status !== 'approved' || creative.source.accountId !== input.accountId) return [];
      const { sequence, startAt, endAt } = assignment;
      const weight = input.rotation === 'even' ? 1 : assignment.weight;
      let known = knownAssignments.get(creative);
      if (!known) {
        known = new SharedValues(MAX_KNOWN_ASSIGNMENTS);
        knownAssignments.set(creative, known);
      }
      return [
        known.of(`${weight} ${sequence} ${startAt} ${endAt}`, {
          creative,
          weight,
          sequence,
          startMs: startAt === null ? Number.NEGATIVE_INFINITY : instant(startAt, 'startAt'),
          endMs: endAt === null ? Number.POSITIVE_INFINITY : instant(endAt, 'endAt'),
        }),
      ];
    })
    .sort((left, right) => left.sequence - right.sequence || (left.creative.id < right.creative.id ? -1 : 1));
}

function campaignScope({ campaignId }: LineItemInput): number {
  return hashId(`campaign:${campaignId}`);
}

function brandScope({ brandId }: LineItemInput): number {
  return hashId(`brand:${brandId}`);
}

function capOf(cap: LineItemInput['frequencyCaps'][number], input: LineItemInput): IndexedCap {
  const scopeKeys = {
    line_item: hashId(`line_item:${input.id}`),
    campaign: campaignScope(input),
    brand: brandScope(input),
    creative: 0,
  };
  return {
    scope: cap.scope,
    scopeKey: scopeKeys[cap.scope],
    limit: cap.limit,
    windowMs: UNIT_MS[cap.unit] * cap.count,
  };
}

/** More than these of one ad are not told apart in a break: it is kept apart from the others by the first ones. */
const MAX_KEYS = 16;

function keysOf(kind: 'label' | 'category', values: readonly string[]): number[] {
  return [...new Set(values.slice(0, MAX_KEYS).map((value) => separationKey(kind, value)))];
}

/** Scope of a cap that counts one creative. */
export function creativeScopeKey(creativeId: string): number {
  return hashId(`creative:${creativeId}`);
}

export function indexCreative(input: CreativeInput, slot: number): IndexedCreative {
  return {
    id: input.id,
    slot,
    durationMs: input.durationMs,
    adDomain: input.adDomain,
    categories: input.categories,
    creativeKey: separationKey('creative', input.id),
    fingerprintKey: separationKey('fingerprint', input.fingerprint),
    domainKey: separationKey('domain', input.adDomain),
    categoryKeys: keysOf('category', input.categories),
    source: input,
  };
}

/** @param creativeSlots how many creatives its verdicts have room for */
export function indexPlacement(input: PlacementInput, creativeSlots: number): IndexedPlacement {
  return {
    id: input.id,
    accountId: input.accountId,
    blockedCategories: new Set(input.blockedCategories),
    allowedCategories: new Set(input.allowedCategories),
    blockedDomains: new Set(input.blockedDomains.map((domain) => domain.toLowerCase())),
    blockedBrands: blockedKeys('brand', input.blockedBrands),
    blockedMedia: blockedKeys('fingerprint', input.blockedMedia),
    separatesStream: input.separationScope === 'stream',
    exactDurationsMs: new Set(input.exactDurationsMs),
    verdicts: new Uint8Array(creativeSlots),
    source: input,
  };
}

function instant(text: string, what: string): number {
  const value = Date.parse(text);
  if (Number.isNaN(value)) throw new RangeError(`${what}: "${text}" is not an instant`);
  return value;
}
