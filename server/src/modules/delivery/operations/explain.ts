import {
  type Explanation,
  explainDecision,
  getDelivery,
  type LineItemDelivery,
  listDecisions,
  previewDecision,
} from '@cuepoint/contract';
import { DIMENSION_NAMES, dimensionOrdinal, type KnownReadings } from '@cuepoint/decisioning';
import { placementFacts, toAdRequest } from '../../../kernel/ad-request.ts';
import type {
  DecisionRecord,
  DecisionRequest,
  SnapshotPlacement,
} from '../../../kernel/delivery-protocol.ts';
import { type AnyBinding, implementPrepared } from '../../../kernel/implement.ts';
import { recordedReadings } from '../../../kernel/replay-readings.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { replayState } from '../domain/replay-state.ts';
import { countersNow } from '../domain/unread-counters.ts';
import { explanationView } from '../explanation-view.ts';
import type { KnownSnapshot, KnownSnapshots } from '../known-snapshots.ts';
import { type DeliveryNode, DeliveryUnavailableError } from '../ports.ts';

/** A decision so young may stand on a snapshot that is still being written into the archive. */
const FRESH_MS = 10_000;

export interface ExplainPorts {
  readonly node: DeliveryNode;
  readonly snapshots: KnownSnapshots;
  readonly now: () => Date;
  /** 32 bits for a preview's draws. */
  readonly randomSeed: () => number;
  /** Name, currency, spend and pacing curve of a line item of the account; null when there is none. */
  lineItemPace(tx: Tx, lineItemId: string, now: Date): Promise<LineItemPace | null>;
}

export type LineItemPace = Pick<
  LineItemDelivery,
  'lineItemName' | 'currency' | 'pacing' | 'spentMicros' | 'expectedMicros' | 'impressions' | 'curve'
>;

/** What the node says, or the declared error that it says nothing. */
async function asked<T>(
  answer: Promise<T>,
  fail: (code: 'delivery.unavailable', detail: string) => never,
): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof DeliveryUnavailableError)) throw error;
    return fail(
      'delivery.unavailable',
      'The delivery node does not answer; ads may still be served by others.',
    );
  }
}

/** A decision id as it was given, or the one that a tracking address carries in its third part. */
export function decisionIdOf(text: string): string {
  const token = /\/[tc]\/([^/?#]+)/.exec(text)?.[1];
  return token?.split('.')[2] ?? text.trim();
}

/** Facts that are no dimension are refused by name. */
function checkFacts(
  facts: Record<string, unknown> | undefined,
  fail: (code: 'input.invalid', detail: string) => never,
): void {
  for (const name of Object.keys(facts ?? {}))
    if (dimensionOrdinal(name) === undefined)
      fail(
        'input.invalid',
        `facts.${name.slice(0, 40)} is no dimension; accepted: ${DIMENSION_NAMES.join(', ')}.`,
      );
}

export function explainOperations(ports: ExplainPorts): AnyBinding[] {
  const { node, snapshots } = ports;

  const explain = implementPrepared(
    explainDecision,
    async (input, { accountId, fail }) => {
      checkFacts(input.facts, fail);
      const id = decisionIdOf(input.decisionId);
      const record =
        (await asked(node.decision(accountId, id.slice(0, 200)), fail)) ??
        fail(
          'decision.not_found',
          `The log of the delivery node has no decision or request ${JSON.stringify(id.slice(0, 80))}.`,
        );
      const isFresh = ports.now().getTime() - Date.parse(record.at) < FRESH_MS;
      const snapshot =
        (await (isFresh ? snapshots.getSoon(record.snapshotHash) : snapshots.get(record.snapshotHash))) ??
        fail(
          'snapshot.not_kept',
          `The snapshot ${record.snapshotHash.slice(0, 12)} of that decision is not kept any more.`,
        );
      if (input.lineItemId !== undefined) requireLineItem(snapshot, accountId, input.lineItemId, fail);
      return withCountersNow(viewOfRecord(record, snapshot, input), record, ports);
    },
    async (_input, _context, view) => view,
  );

  const preview = implementPrepared(
    previewDecision,
    async (input, { accountId, fail }) => {
      checkFacts(input.facts, fail);
      const at = input.at === undefined ? ports.now() : new Date(input.at);
      const read = await asked(node.readings(accountId, null, at.getTime()), fail);
      const snapshot = await snapshots.getSoon(read.snapshotHash);
      if (snapshot === null)
        return fail('delivery.unavailable', 'The snapshot that the node serves from is not kept here yet.');
      const placement = placementOf(snapshot, accountId, input.placement);
      if (!placement)
        return fail(
          'placement.not_found',
          `No placement has the key or id ${JSON.stringify(input.placement ?? 'default')}.`,
        );
      if (input.lineItemId !== undefined) requireLineItem(snapshot, accountId, input.lineItemId, fail);
      const request = previewRequest(accountId, placement, input);
      return explanationView(
        {
          snapshot,
          asked: request,
          request: {
            ...toAdRequest(request, placementFacts(placement), at.getTime()),
            // Somebody who has seen nothing yet: what a first request of a viewer would get.
            identity: [0, 0],
          },
          readings: fresh(recordedReadings(read.readings), snapshot, read.readings),
          seed: ports.randomSeed(),
          lineItemId: input.lineItemId,
        },
        () => ({
          decisionId: null,
          requestId: null,
          replay: {
            state: 'preview',
            detail: 'Decided with the counters of this moment; nothing was reserved or logged.',
          },
        }),
      );
    },
    async (_input, _context, view) => view,
  );

  const list = implementPrepared(
    listDecisions,
    async ({ limit, outcome }, { accountId, fail }) => {
      const records = await asked(node.decisions(accountId, limit, outcome), fail);
      const hashes = new Set(records.map((record) => record.snapshotHash));
      const known = new Map<string, KnownSnapshot | null>();
      for (const hash of [...hashes].slice(0, 2)) known.set(hash, await snapshots.get(hash));
      return {
        decisions: records.map((record) => {
          const snapshot = known.get(record.snapshotHash);
          return {
            decisionId: record.decisionId,
            requestId: record.request.requestId,
            at: record.at,
            placementId: record.request.placementId,
            placementName:
              snapshot?.placements.get(record.request.placementId)?.name ?? record.request.placementId,
            ads: record.ads.length,
            filledMs: record.ads.reduce(
              (sum, ad) => sum + (snapshot?.creatives.get(ad.creativeId)?.durationMs ?? 0),
              0,
            ),
            reason: record.reason,
          };
        }),
      };
    },
    async (_input, _context, view) => view,
  );

  const delivery = implementPrepared(
    getDelivery,
    ({ lineItemId }, { accountId, fail }) => asked(node.lineItem(accountId, lineItemId), fail),
    async ({ lineItemId }, { tx, now, fail }, state) => {
      const pace =
        (await ports.lineItemPace(tx, lineItemId, now)) ??
        fail('line_item.not_found', `There is no line item ${lineItemId}.`);
      return {
        lineItemId,
        ...pace,
        spentMicros: state?.spentMicros ?? pace.spentMicros,
        reservedMicros: state?.reservedMicros ?? 0,
        availableMicros: state?.availableMicros ?? null,
        passRate: state?.passRate ?? 0,
        inSnapshot: state !== null,
      };
    },
  );

  return [explain, preview, list, delivery];
}

function requireLineItem(
  snapshot: KnownSnapshot,
  accountId: string,
  lineItemId: string,
  fail: (code: 'line_item.not_found', detail: string) => never,
): void {
  if (snapshot.index.lineItems.get(lineItemId)?.accountId !== accountId)
    fail('line_item.not_found', `Line item ${lineItemId} was not in the snapshot of that decision.`);
}

/** Adds what the node reads now of counters that the decision left unread. A node that does not say is no failure. */
async function withCountersNow(
  view: Explanation,
  { request: { accountId, identity } }: DecisionRecord,
  { node, now }: ExplainPorts,
): Promise<Explanation> {
  const { focus } = view;
  if (focus === null || focus.unread.length === 0) return view;
  const at = now();
  const taken = await node.readings(accountId, identity, at.getTime()).catch((error: unknown) => {
    if (error instanceof DeliveryUnavailableError) return null;
    throw error;
  });
  const known = taken && recordedReadings(taken.readings);
  if (!known?.has(focus.lineItemId)) return view;
  const reading = known.reading(focus.lineItemId);
  return { ...view, focus: { ...focus, countersNow: countersNow(reading, at, identity !== null) } };
}

function viewOfRecord(
  record: DecisionRecord,
  snapshot: KnownSnapshot,
  input: { lineItemId?: string | undefined; facts?: DecisionRequest['facts'] | undefined },
) {
  const placement = snapshot.placements.get(record.request.placementId);
  const isChanged = input.facts !== undefined;
  const asked = isChanged
    ? { ...record.request, facts: { ...record.request.facts, ...input.facts } }
    : record.request;
  const base = placement ? placementFacts(placement) : [];
  return explanationView(
    {
      snapshot,
      asked,
      request: toAdRequest(asked, base, Date.parse(record.at)),
      readings: recordedReadings(record.readings),
      seed: record.seed,
      lineItemId: input.lineItemId,
    },
    (made) => ({
      decisionId: record.decisionId,
      requestId: record.request.requestId === '' ? null : record.request.requestId,
      replay: isChanged
        ? {
            state: 'preview',
            detail: 'Decided again with changed facts, the counters and the seed of that moment.',
          }
        : replayState(record, made),
    }),
  );
}

function placementOf(
  snapshot: KnownSnapshot,
  accountId: string,
  key: string | undefined,
): SnapshotPlacement | undefined {
  return snapshot.body.placements.find(
    (placement) =>
      placement.accountId === accountId &&
      (key === undefined ? placement.isDefault : placement.id === key || placement.key === key),
  );
}

function previewRequest(
  accountId: string,
  placement: SnapshotPlacement,
  input: {
    durationSeconds?: number | undefined;
    maxAds?: number | undefined;
    facts?: DecisionRequest['facts'] | undefined;
  },
): DecisionRequest {
  const askedMs = input.durationSeconds === undefined ? undefined : Math.round(input.durationSeconds * 1000);
  const isPod = (input.maxAds ?? 1) > 1 || (placement.pod !== null && input.maxAds === undefined);
  const rule = placement.pod ?? {
    kind: 'dynamic' as const,
    durationMs: placement.maxDurationMs,
    maxAds: 1,
    isExact: false,
    slots: [],
    maxAdsPerAdvertiser: 1,
    firstPermille: 1000,
    lastPermille: 1000,
    categorySeparation: 'pod' as const,
    backups: 0,
  };
  return {
    requestId: '',
    accountId,
    placementId: placement.id,
    minDurationMs: placement.minDurationMs,
    maxDurationMs: isPod
      ? placement.maxDurationMs
      : Math.min(askedMs ?? placement.maxDurationMs, placement.maxDurationMs),
    pod: isPod
      ? { ...rule, maxAds: input.maxAds ?? rule.maxAds, durationMs: askedMs ?? rule.durationMs }
      : null,
    facts: input.facts ?? {},
    withheld: [],
    identity: null,
    identityKind: 'none',
    streamKeys: [],
    blockedCategories: [],
    blockedDomains: [],
    floorCpmMicros: 0,
    mimes: [],
  };
}

/** Readings as they are for a viewer that no cap has counted yet: asked without an identity, a node answers no room. */
function fresh(
  readings: KnownReadings,
  snapshot: KnownSnapshot,
  taken: DecisionRecord['readings'],
): KnownReadings {
  let result = readings;
  for (const [id] of taken) {
    const item = snapshot.index.lineItems.get(id);
    if (!item || item.caps.length === 0) continue;
    const room = Math.min(...item.caps.map((cap) => cap.limit));
    result = result.with(id, { room, creativeRooms: null });
  }
  return result;
}
