import type { PrivacyPolicy } from '@cuepoint/consent';
import type { DecisionRequest, SnapshotCreative, SnapshotPlacement } from '../../kernel/delivery-protocol.ts';
import type { ViewerTurn } from './shared-caps/shared-caps.ts';
import type { TokenClaims, TokenSigner } from './tokens.ts';
import type { VastTemplates } from './vast-templates.ts';

/** What the engine hands to whoever puts a decision into an answer. */
export interface ServedAd {
  /** What its tracking addresses say. */
  readonly claims: TokenClaims;
  readonly creativeId: string;
  readonly lineItemId: string;
  readonly campaignId: string;
  readonly durationMs: number;
  /** From 1 in play order; back-ups follow behind the last. */
  readonly position: number;
  /** What an impression of it costs. */
  readonly priceMicros: number;
  readonly currency: string;
}

export interface ServedDecision {
  readonly decisionId: string;
  readonly ads: readonly ServedAd[];
  /** Stand-alone ads offered for one that fails. */
  readonly backups: readonly ServedAd[];
  /** Why there is no ad; null when there is one. */
  readonly reason: string | null;
}

/** What the answers read of the state that serves. */
export interface FaceState {
  readonly creatives: ReadonlyMap<string, SnapshotCreative>;
  readonly signer: TokenSigner;
  readonly templates: VastTemplates;
  /** Without it media lies below the node's own `/media`. */
  readonly mediaBaseUrl: string | undefined;
  readonly placements: PlacementLookup;
  /** How each account wants privacy signals to be read. */
  readonly policies: ReadonlyMap<string, PrivacyPolicy>;
}

export interface PlacementLookup {
  /** By placement key or id. */
  byKey(key: string): SnapshotPlacement | undefined;
  /** Default placement of the account with this publisher key. */
  byPublisher(key: string): SnapshotPlacement | undefined;
  byHost(host: string): SnapshotPlacement | undefined;
  /** Placements of the same app, itself among them; only itself when it lies in none. */
  besides(placement: SnapshotPlacement): readonly SnapshotPlacement[];
  /** The default placement when the installation has only one. */
  readonly only: SnapshotPlacement | undefined;
}

/** What the answers ask of the engine. */
export interface FaceEngine {
  /** Undefined until the first snapshot has been taken over. */
  readonly state: FaceState | undefined;
  /**
   * `streamId` names the viewing session whose earlier ads count for separation, null when none was said; `turn` is the
   * viewer's, where nodes share caps.
   */
  decide(
    request: DecisionRequest,
    nowMs: number,
    streamId: string | null,
    turn?: ViewerTurn | null,
  ): ServedDecision;
}
