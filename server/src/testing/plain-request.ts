import type { DecisionRequest } from '../kernel/delivery-protocol.ts';

/** A request for one ad of at most 30 seconds, as it is logged, of which nothing more is known. */
export function plainRequest(
  accountId: string,
  placementId: string,
  over: Partial<DecisionRequest> = {},
): DecisionRequest {
  return {
    requestId: 'r',
    accountId,
    placementId,
    minDurationMs: 0,
    maxDurationMs: 30_000,
    pod: null,
    facts: {},
    withheld: [],
    identity: null,
    identityKind: 'none',
    streamKeys: [],
    blockedCategories: [],
    blockedDomains: [],
    floorCpmMicros: 0,
    mimes: [],
    ...over,
  };
}
