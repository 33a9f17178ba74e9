import type {
  SmallestEdit as EditView,
  Explanation as ExplanationView,
  Focus,
  ShownAd,
} from '@cuepoint/contract';
import {
  type AdRequest,
  type ChosenAd,
  type Decision,
  DIMENSION_NAMES,
  decide,
  type Explanation,
  explain,
  funnel,
  type KnownReadings,
  type LineItemEdit,
  requiredAndActual,
  smallestEdit,
  stepOf,
} from '@cuepoint/decisioning';
import type { DecisionRequest } from '../../kernel/delivery-protocol.ts';
import { unreadCounters } from './domain/unread-counters.ts';
import type { KnownSnapshot } from './known-snapshots.ts';

/** Excluded line items that an answer names; `excludedTotal` says how many there are. */
const NAMED = 1000;

export interface Question {
  readonly snapshot: KnownSnapshot;
  readonly request: AdRequest;
  readonly asked: DecisionRequest;
  readonly readings: KnownReadings;
  readonly seed: number;
  readonly lineItemId: string | undefined;
}

type Rest = Pick<ExplanationView, 'decisionId' | 'requestId' | 'replay'>;

/** Decides a question again with every reason, and puts it into the words of the contract. */
export function explanationView(question: Question, rest: (made: Decision) => Rest): ExplanationView {
  const startedAt = performance.now();
  const { snapshot, request, asked, readings, seed } = question;
  const explained = explain(snapshot.index, request, readings, seed);
  const { candidates, decision } = explained;
  // As a node decides: who asks for every reason looks at more candidates, and may find other back-ups.
  const made = decide(snapshot.index, request, readings, seed);
  const excluded = candidates.filter(({ reasons }) => reasons.length > 0);
  const placement = snapshot.placements.get(request.placementId);
  const words = (reason: Explanation['candidates'][number]['reasons'][number], item: ChosenAd['lineItem']) =>
    requiredAndActual(reason, item, snapshot.index, request, readings, decision);
  const view: ExplanationView = {
    ...rest(made),
    at: new Date(request.atMs).toISOString(),
    snapshotHash: snapshot.hash,
    seed: `0x${seed.toString(16)}`,
    request: {
      placementId: request.placementId,
      placementName: placement?.name ?? request.placementId,
      minDurationMs: request.minDurationMs,
      // Of a break, its length: what a preview takes.
      maxDurationMs: decision.fill?.durationMs ?? request.maxDurationMs,
      isPod: request.pod != null,
      maxAds: request.pod?.maxAds ?? 1,
      facts: knownFacts(request),
      identityKind: asked.identityKind,
      floorCpmMicros: Math.max(request.floorCpmMicros ?? 0, placement?.floorCpmMicros ?? 0),
      floorCurrency: placement?.floorCurrency ?? '',
      withheld: [...asked.withheld],
    },
    candidates: candidates.length,
    served: decision.ads.length,
    reason: decision.reason,
    funnel: funnel(
      candidates.length,
      excluded.map(({ reasons }) => reasons[0]!),
    ).map((row) => ({ ...row, lost: [...row.lost] })),
    excluded: excluded.slice(0, NAMED).map(({ lineItem, reasons }) => ({
      lineItemId: lineItem.id,
      lineItemName: snapshot.lineItems.get(lineItem.id)?.name ?? lineItem.id,
      campaignId: lineItem.campaignId,
      step: stepOf(reasons[0]!),
      reason: reasons[0]!,
      reasons: reasons.map((reason) => words(reason, lineItem)),
      unread: unreadCounters(lineItem, readings, seed),
    })),
    excludedTotal: excluded.length,
    focus: question.lineItemId === undefined ? null : focusOf(question, explained, question.lineItemId),
    pod: {
      durationMs: decision.fill?.durationMs ?? request.maxDurationMs,
      filledMs: decision.ads.reduce((sum, ad) => sum + ad.creative.durationMs, 0),
      ads: shown(decision.ads, snapshot, true),
      backups: shown(made.backups, snapshot, false),
      method: decision.fill?.method ?? 'best first',
      gap: decision.fill?.gap ?? 0,
    },
    tookMs: 0,
  };
  return { ...view, tookMs: Math.round((performance.now() - startedAt) * 1000) / 1000 };
}

function knownFacts(request: AdRequest): Record<string, string[]> {
  const known: Record<string, string[]> = {};
  DIMENSION_NAMES.forEach((name, ordinal) => {
    const fact = request.facts[ordinal] ?? null;
    if (typeof fact === 'string') known[name] = [fact];
    else if (fact !== null && fact.length > 0) known[name] = [...fact];
  });
  return known;
}

function shown(ads: readonly ChosenAd[], snapshot: KnownSnapshot, isPlayed: boolean): ShownAd[] {
  let startMs = 0;
  return ads.map(({ lineItem, creative, priceMicros, position }) => {
    const begins = startMs;
    if (isPlayed) startMs += creative.durationMs;
    return {
      position,
      startMs: begins,
      durationMs: creative.durationMs,
      lineItemId: lineItem.id,
      lineItemName: snapshot.lineItems.get(lineItem.id)?.name ?? lineItem.id,
      campaignId: lineItem.campaignId,
      creativeId: creative.id,
      creativeName: snapshot.creatives.get(creative.id)?.name ?? creative.id,
      adDomain: creative.adDomain,
      categories: [...creative.categories],
      priceMicros,
      currency: lineItem.currency,
    };
  });
}

/** Rules that are asked of every line item, by reason. */
const RULES_ASKED = 25;

function focusOf(
  question: Question,
  { candidates, decision }: Explanation,
  lineItemId: string,
): Focus | null {
  const { snapshot, request, readings, seed } = question;
  const found = candidates.find(({ lineItem }) => lineItem.id === lineItemId);
  if (!found) return null;
  const isServed = found.reasons.length === 0;
  const edit = isServed ? null : smallestEdit(snapshot.index, request, readings, seed, lineItemId);
  return {
    lineItemId,
    lineItemName: snapshot.lineItems.get(lineItemId)?.name ?? lineItemId,
    campaignId: found.lineItem.campaignId,
    served: isServed,
    reasons: found.reasons.map((reason) =>
      requiredAndActual(reason, found.lineItem, snapshot.index, request, readings, decision),
    ),
    rulesAsked: RULES_ASKED,
    rulesHeld: RULES_ASKED - found.reasons.length,
    edits:
      edit === null ? [] : edit.edits.map((one) => editView(one, lineItemId, found.lineItem.source.flights)),
    editsVerified: edit?.isVerified ?? false,
    unread: isServed ? [] : unreadCounters(found.lineItem, readings, seed),
    countersNow: null,
    noEdit: edit?.refusal ?? null,
  };
}

/** Fields of a line item that `campaigns.updateLineItem` takes. */
const LINE_ITEM_FIELDS = [
  'status',
  'priority',
  'cpmMicros',
  'pacing',
  'sharePercent',
  'targeting',
  'dayparts',
  'frequencyCaps',
  'separation',
];

function editView(
  edit: LineItemEdit,
  lineItemId: string,
  flights: readonly { readonly id: string }[],
): EditView {
  return {
    field: edit.field,
    sentence: edit.sentence,
    from: edit.from,
    to: edit.to,
    operation: operationOf(edit, lineItemId, flights),
  };
}

function operationOf(
  { field, to }: LineItemEdit,
  lineItemId: string,
  flights: readonly { readonly id: string }[],
): EditView['operation'] {
  if (LINE_ITEM_FIELDS.includes(field))
    return { id: 'campaigns.updateLineItem', input: { lineItemId, [field]: to } };
  if (field === 'creatives')
    return { id: 'campaigns.setCreativeWeights', input: { lineItemId, creatives: to } };
  const [, position, name] = /^flights\[(\d+)\]\.(\w+)$/.exec(field) ?? [];
  const flight = flights[Number(position)];
  return flight === undefined || name === undefined
    ? null
    : { id: 'campaigns.updateFlight', input: { flightId: flight.id, [name]: to } };
}
