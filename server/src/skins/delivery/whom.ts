import { type DecisionRequest, reportedCountry, reportedDevice } from '../../kernel/delivery-protocol.ts';
import type { ViewerTurn } from './shared-caps/shared-caps.ts';
import type { ViewerClaim } from './viewer-claim.ts';

/** Whom an ad is for: as frequency caps count, and as its addresses say. */
export interface Who {
  readonly identity: readonly [number, number] | null;
  readonly viewer: ViewerClaim;
  /** Null where no caps are shared, or Redis is away. */
  readonly turn: ViewerTurn | null;
}

/** What the addresses of an ad say of whom it is for. @param identity null where privacy forbids to keep it */
export function viewerOf(asked: DecisionRequest, identity: Who['identity']): ViewerClaim {
  return {
    country: reportedCountry(asked.facts),
    deviceType: reportedDevice(asked.facts),
    identity,
    identityKind: identity === null ? 'none' : asked.identityKind,
  };
}

/** The request without anything that says who or where exactly the viewer is. */
export function withoutViewer(request: DecisionRequest): DecisionRequest {
  const { segment: _segment, city: _city, postal: _postal, dma: _dma, ...facts } = request.facts;
  return { ...request, facts, identity: null, identityKind: 'none', streamKeys: [] };
}
