import type { AdQuestion } from '../ad-question.ts';
import type { FaceState } from '../served.ts';
import { CreativeUnservableError, documentOf, emptyDocument, type Piece } from '../vast-templates.ts';
import { type FaceDecision, type FaceParts, type PlacedAd, renderAds } from './decide.ts';

/** A VAST document and what is in it. */
export interface VastAnswer {
  readonly document: Piece;
  readonly ads: readonly PlacedAd[];
  readonly backups: readonly PlacedAd[];
  /** Why there is no ad; null when there is one. */
  readonly reason: string | null;
}

/** Writes the document of a decision: one ad, or a break in play order with its back-ups behind; valid when empty. */
export function servedOf(
  parts: FaceParts,
  state: FaceState,
  question: AdQuestion,
  decision: FaceDecision,
): VastAnswer {
  const { vastVersion, pod } = question;
  const { decisionId } = decision;
  const { ads, backups, reason } = renderAds(
    parts,
    decision,
    (placed, sequence) => {
      const { creative, urls } = placed;
      const macros =
        sequence === undefined ? placed.macros : { ...placed.macros, PODSEQUENCE: String(sequence) };
      try {
        const values = { decisionId, urls, sequence, macros };
        return { placed, piece: state.templates.fill(creative, vastVersion, values) };
      } catch (error) {
        if (!(error instanceof CreativeUnservableError)) throw error;
        parts.metrics.adsUnservable++;
        parts.onUnservable(error);
        return null;
      }
    },
    pod !== null,
  );
  // VAST 4.2 section 3.3.1: ads without a sequence stand by for one of the pod that fails. A single ad has none.
  const standby = pod === null ? [] : backups;
  return {
    document:
      ads.length === 0
        ? emptyDocument(vastVersion, noAdUrl(parts, decisionId))
        : documentOf(
            vastVersion,
            [...ads, ...standby].map(({ piece }) => piece),
          ),
    ads: ads.map(({ placed }) => placed),
    backups: standby.map(({ placed }) => placed),
    reason,
  };
}

/** Where a player says what it made of an answer without an ad. */
function noAdUrl({ publicBaseUrl }: FaceParts, decisionId: string): string {
  return `${publicBaseUrl}/e?d=${decisionId}&code=[ERRORCODE]`;
}
