import { type AdRequest, DIMENSION_NAMES, DIMENSIONS, spell } from '@cuepoint/decisioning';
import type { DecisionRequest, SnapshotPlacement } from './delivery-protocol.ts';
import { type FactValues, readFacts } from './request-facts.ts';

const KINDS = DIMENSION_NAMES.map((name) => DIMENSIONS[name].kind);

/** What a placement says by itself, in the order of DIMENSIONS: what a request states comes before it. */
export function placementFacts(placement: SnapshotPlacement): FactValues {
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
export function toAdRequest(request: DecisionRequest, base: Readonly<FactValues>, atMs: number): AdRequest {
  return adRequestWith(readFacts(request.facts, base).values, request, atMs);
}

/** The same with facts that have been read. */
export function adRequestWith(facts: FactValues, request: DecisionRequest, atMs: number): AdRequest {
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
    blockedBrands: request.blockedBrands,
    blockedMedia: request.blockedMedia,
    floorCpmMicros: request.floorCpmMicros,
    mimes: request.mimes,
  };
}

const NONE: readonly string[] = [];

/** The two halves of an identity written as 16 hex digits. */
export function identityOf(text: string | null): readonly [high: number, low: number] | null {
  if (text === null) return null;
  return [Number.parseInt(text.slice(0, 8), 16), Number.parseInt(text.slice(8), 16)];
}
