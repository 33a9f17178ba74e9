import { changeIndex } from '../index/build-index.ts';
import type { DecisionIndex } from '../index/model.ts';
import type { AdRequest, LineItemInput } from '../model.ts';
import type { Attempt, LineItemEdit } from './edit-attempt.ts';
import { editForReason } from './edit-for-reason.ts';
import { explain } from './explain.ts';
import type { KnownReadings } from './known-readings.ts';

export interface SmallestEdit {
  /** All that are needed, in the order in which they were found; empty when it serves as it is. */
  readonly edits: readonly LineItemEdit[];
  /** With the edits applied the same request was decided again, and the line item served. */
  readonly isVerified: boolean;
  /** Why there is no set of edits that lets it serve; null when there is one, or none is needed. */
  readonly refusal: string | null;
  /** The line item with the edits. */
  readonly edited: LineItemInput;
}

/** Rules in a row that one line item can fail, with room for a rank that takes two steps. */
const MAX_EDITS = 12;

/**
 * The smallest change of a line item that lets it serve on a request: for its first reason the least change of one field
 * that takes the reason away, applied to a copy of the index, and decided again with the same readings and seed; and so
 * on until it serves or no change of the line item could help. One edit for a line item that fails one rule.
 */
export function smallestEdit(
  index: DecisionIndex,
  request: AdRequest,
  readings: KnownReadings,
  seed: number,
  lineItemId: string,
): SmallestEdit {
  const item = index.lineItems.get(lineItemId);
  if (!item) throw new RangeError(`line item ${lineItemId} is not in the index`);
  const edits: LineItemEdit[] = [];
  let attempt: Attempt = { input: item.source, readings };
  for (let round = 0; round <= MAX_EDITS; round++) {
    const tried = changeIndex(index, {
      lineItems: [attempt.input],
      creatives: [],
      placements: [],
      removed: { lineItems: [], creatives: [], placements: [] },
    });
    const { candidates, decision } = explain(tried, request, attempt.readings, seed);
    if (decision.ads.some((ad) => ad.lineItem.id === lineItemId))
      return { edits, isVerified: true, refusal: null, edited: attempt.input };
    const found = candidates.find((candidate) => candidate.lineItem.id === lineItemId);
    const reason = found?.reasons[0];
    if (!found || reason === undefined) break;
    const next = editForReason(reason, found.lineItem, attempt, {
      index: tried,
      request,
      rank: decision.ads.map((ad) => ad.lineItem),
    });
    if (typeof next === 'string') return { edits: [], isVerified: false, refusal: next, edited: item.source };
    // A field that is changed twice (rank, say) is one edit.
    const earlier = edits.findIndex((edit) => edit.field === next.edit.field);
    if (earlier >= 0) edits[earlier] = { ...next.edit, from: edits[earlier]!.from };
    else edits.push(next.edit);
    attempt = next.attempt;
  }
  return {
    edits: [],
    isVerified: false,
    refusal: `No change of this line item alone let it serve after ${MAX_EDITS} attempts.`,
    edited: item.source,
  };
}
