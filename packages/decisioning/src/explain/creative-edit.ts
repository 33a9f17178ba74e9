import { assignmentVerdict, FITS } from '../decide/creative-fit.ts';
import type { DecisionIndex, IndexedCreative, IndexedLineItem, IndexedPlacement } from '../index/model.ts';
import type { AdRequest } from '../model.ts';
import type { Reason } from '../reasons.ts';
import type { Attempt, Change, Make, Place } from './edit-attempt.ts';
import { podTakes } from './pod-lengths.ts';

/** Lets a line item show a creative that fits: one of its own whose time is bound, or one of its campaign's. */
export function creativeChange(
  reason: Reason,
  item: IndexedLineItem,
  { input }: Attempt,
  placement: IndexedPlacement,
  { index, request }: Place,
  make: Make,
): Change {
  const unbound = input.creatives.findIndex((assignment) => {
    const creative = index.creatives.get(assignment.creativeId);
    return (
      (assignment.startAt !== null || assignment.endAt !== null) &&
      creative?.source.status === 'approved' &&
      fitsHere(item, creative, request, placement)
    );
  });
  if (unbound >= 0)
    return make(
      'creatives',
      input.creatives.map((one, at) => (at === unbound ? { ...one, startAt: null, endAt: null } : one)),
      'Let its creative run as long as the flight',
    );
  const other = siblingCreative(item, index, request, placement);
  if (!other)
    return reason === 'no_approved_creative'
      ? 'It has no approved creative: have one approved.'
      : `No approved creative of its campaign fits this request (${reason}): one has to be made, fixed or cleared.`;
  const added = {
    creativeId: other.id,
    weight: 1,
    sequence: input.creatives.length + 1,
    startAt: null,
    endAt: null,
  };
  return make('creatives', [...input.creatives, added], `Add creative ${other.id} of the same campaign`);
}

function fitsHere(
  item: IndexedLineItem,
  creative: IndexedCreative,
  request: AdRequest,
  placement: IndexedPlacement,
): boolean {
  const assignment = {
    creative,
    weight: 1,
    sequence: 1,
    startMs: Number.NEGATIVE_INFINITY,
    endMs: Number.POSITIVE_INFINITY,
  };
  if (request.pod && !podTakes(creative.durationMs, request.pod)) return false;
  return assignmentVerdict(item, assignment, request, placement) === FITS;
}

function siblingCreative(
  item: IndexedLineItem,
  index: DecisionIndex,
  request: AdRequest,
  placement: IndexedPlacement,
): IndexedCreative | undefined {
  let best: IndexedCreative | undefined;
  for (const other of index.lineItems.values()) {
    if (other.campaignId !== item.campaignId || other.accountId !== item.accountId) continue;
    for (const { creative } of other.assignments)
      if ((!best || creative.id < best.id) && fitsHere(item, creative, request, placement)) best = creative;
  }
  return best;
}
