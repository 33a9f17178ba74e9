import { type AdRequest, DIMENSION_NAMES, DIMENSIONS, dimensionOrdinal, spell } from '@cuepoint/decisioning';
import { BoundedCache } from './bounded-cache.ts';
import type { DecisionRequest, SnapshotPlacement } from './delivery-protocol.ts';

const KINDS = DIMENSION_NAMES.map((name) => DIMENSIONS[name].kind);

/** What a placement says by itself, in the order of DIMENSIONS: what a request states comes before it. */
export function placementFacts(placement: SnapshotPlacement): (string | readonly string[] | null)[] {
  const known: Record<string, string | null> = {
    placement: placement.id,
    publisher: placement.publisherId,
    position: placement.position,
    app: placement.app?.bundle ?? placement.app?.domain ?? null,
    network: placement.app?.network ?? null,
    channel: placement.app?.channel ?? null,
  };
  return DIMENSION_NAMES.map((name, ordinal) => {
    const value = known[name];
    if (value !== undefined && value !== null) return spell(name, value);
    return KINDS[ordinal] === 'set' ? [] : null;
  });
}

/**
 * The engine's question from a logged or asked one: the same on a node and in a replay.
 * @param base of `placementFacts`; copied, not changed
 */
export function toAdRequest(
  request: DecisionRequest,
  base: readonly (string | readonly string[] | null)[],
  atMs: number,
): AdRequest {
  const facts = base.slice();
  for (const name in request.facts) {
    const ordinal = dimensionOrdinal(name);
    if (ordinal === undefined) continue;
    const value = request.facts[name]!;
    const isScalar = KINDS[ordinal] === 'scalar';
    if (typeof value === 'string') {
      const spelt = speltOnce(ordinal, name, value);
      facts[ordinal] = isScalar ? spelt : [spelt];
    } else if (value.length === 0) facts[ordinal] = isScalar ? null : NONE;
    else
      facts[ordinal] = isScalar ? speltOnce(ordinal, name, value[0]!) : value.map((one) => spell(name, one));
  }
  return {
    accountId: request.accountId,
    placementId: request.placementId,
    atMs,
    minDurationMs: request.minDurationMs,
    maxDurationMs: request.maxDurationMs,
    pod: request.pod,
    facts,
    withheld: request.withheld.length === 0 ? NONE : request.withheld.map((one) => one.split(':', 1)[0]!),
    identity: identityOf(request.identity),
    streamKeys: request.streamKeys,
    blockedCategories: request.blockedCategories,
    blockedDomains: request.blockedDomains,
    floorCpmMicros: request.floorCpmMicros,
    mimes: request.mimes,
  };
}

const NONE: readonly string[] = [];
/** Values of each dimension that are remembered. */
const MOST_SPELT = 4096;
const spellings = DIMENSION_NAMES.map(() => new BoundedCache<string, string>(MOST_SPELT));

/** The one string for a value: its hash is known already when an index is asked for it. */
function speltOnce(ordinal: number, name: string, value: string): string {
  const known = spellings[ordinal]!;
  const found = known.get(value);
  if (found !== undefined) return found;
  const spelt = spell(name, value);
  if (value.length <= 64) known.set(value, spelt);
  return spelt;
}

/** The two halves of an identity written as 16 hex digits. */
export function identityOf(text: string | null): readonly [high: number, low: number] | null {
  if (text === null) return null;
  return [Number.parseInt(text.slice(0, 8), 16), Number.parseInt(text.slice(8), 16)];
}
