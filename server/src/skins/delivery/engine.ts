import { randomBytes } from 'node:crypto';
import {
  availableIn,
  BudgetLedger,
  type ChosenAd,
  changeIndexInSteps,
  currentFlight,
  decide,
  type IndexChange,
  type IndexedAssignment,
  type IndexedFlight,
  type IndexedLineItem,
  LayeredMap,
  type Readings,
} from '@cuepoint/decisioning';
import { toAdRequest } from '../../kernel/ad-request.ts';
import {
  type AccountReadings,
  type DecisionRecord,
  type DecisionRequest,
  type EventRecord,
  type LineItemState,
  type LogPosition,
  type SnapshotCreative,
  TRACKING_EVENTS,
  type TrackingEvent,
} from '../../kernel/delivery-protocol.ts';
import { decisionSecond, newDecisionId } from './decision-id.ts';
import { DecisionLookup } from './decision-lookup.ts';
import { decisionText, readingOf } from './decision-record.ts';
import { Exposures } from './exposures.ts';
import type { DurableLog, LogUnavailableError } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { comparePositions } from './log/reader.ts';
import { MediaBook } from './media-book.ts';
import { adKey, OpenDecisions, reserve, type Sold } from './open-decisions.ts';
import { ownSpendIn } from './own-spend.ts';
import { Pacer } from './pacer.ts';
import { type Claim, countKey, PotBook } from './pots.ts';
import { replayLog } from './replay.ts';
import type { ServedAd, ServedDecision } from './served.ts';
import { nextState, potChanges, type ServingState } from './serving-state.ts';
import { inSlices } from './slices.ts';
import type { BodyChange, NodeChange } from './snapshot/node-change.ts';
import { Streams } from './streams.ts';
import type { TokenClaims } from './tokens.ts';

export interface EngineOptions {
  readonly nodeId: string;
  readonly reservationSeconds: number;
  readonly tokenSeconds: number;
  readonly nowMs: () => number;
  /** Share of decisions whose readings are logged, so that they can be replayed and explained; 1 when absent. */
  readonly decisionSampleRate?: number;
  /** Own spend between two positions of the log; read here when absent, which keeps requests waiting. */
  readonly sumOwnSpend?: (from: LogPosition, to: LogPosition) => Promise<ReadonlyMap<string, number>>;
}

export type EventAnswer = 'counted' | 'duplicate';

/** Decides, counts and keeps the money straight. Holds the current state and swaps it; knows nothing of HTTP. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #log: DurableLog;
  readonly ledger = new BudgetLedger();
  readonly pacer = new Pacer();
  readonly exposures: Exposures;
  readonly pots = new PotBook(this.ledger);
  readonly media = new MediaBook();
  readonly open: OpenDecisions;
  readonly streams = new Streams();
  readonly lookup: DecisionLookup;
  #state: ServingState | undefined;
  #ingested: LogPosition = { segment: 1, offset: 0 };
  readonly #readings: EngineReadings;
  readonly #sold = new WeakMap<IndexedFlight, Sold>();
  /** How often each line item in sequential rotation was chosen, by its number. */
  #sequences: number[] = [];
  #randomPool: Buffer = Buffer.alloc(0);
  #randomUsed = 0;

  constructor(log: DurableLog, options: EngineOptions) {
    this.#options = options;
    this.#log = log;
    this.exposures = new Exposures(options.reservationSeconds * 1000);
    this.open = new OpenDecisions(
      this.ledger,
      this.exposures,
      options.reservationSeconds,
      options.tokenSeconds,
    );
    this.lookup = new DecisionLookup(log);
    this.#readings = new EngineReadings(this);
  }

  get state(): ServingState | undefined {
    return this.#state;
  }

  get ingested(): LogPosition {
    return this.#ingested;
  }

  /** Counters of the moment of every running line item of an account, for one viewer: what a preview decides with. */
  readingsOf(accountId: string, identity: readonly [number, number] | null, atMs: number): AccountReadings {
    const state = this.#state!;
    const readings = this.readingsAt(identity, atMs);
    const taken: DecisionRecord['readings'] = [];
    for (const block of state.index.accounts.get(accountId)?.blocks ?? [])
      for (const item of block.items) {
        const flight = currentFlight(item, atMs);
        if (!flight) continue;
        const hasCreativeCap = item.caps.some((cap) => cap.scope === 'creative');
        taken.push(
          readingOf({
            item,
            flight,
            affordable: readings.affordable(item, flight),
            passRate: readings.passRate(item, flight),
            room: item.caps.length === 0 ? Number.POSITIVE_INFINITY : readings.room(item),
            sequence: readings.sequence(item),
            creativeRooms: hasCreativeCap
              ? item.assignments.map((assignment) => readings.creativeRoom(item, assignment))
              : null,
          }),
        );
      }
    return { snapshotHash: state.hash, readings: taken };
  }

  /** Money and pass rate of one line item at this moment; null when it is not in the snapshot. */
  lineItemState(accountId: string, lineItemId: string, nowMs: number): LineItemState | null {
    const state = this.#state;
    const item = state?.index.lineItems.get(lineItemId);
    if (!state || !item || item.accountId !== accountId) return null;
    const flight = currentFlight(item, nowMs);
    const pot = this.pots.lineItem(item);
    const flightPot = flight ? this.pots.flight(flight) : null;
    const left = Math.min(availableIn(pot), flightPot ? availableIn(flightPot) : Number.POSITIVE_INFINITY);
    return {
      spentMicros: pot.ingestedMicros + pot.ownMicros,
      reservedMicros: pot.reservedMicros,
      availableMicros: Number.isFinite(left) ? Math.max(0, left) : null,
      passRate: flight ? this.pacer.passRate(flight, this.pots.paced(item, flight), nowMs) : 0,
    };
  }

  sequenceOf(item: IndexedLineItem): number {
    return this.#sequences[item.slot] ?? 0;
  }

  /** Counters of the moment for one viewer; good until the next call. */
  readingsAt(identity: readonly [number, number] | null, nowMs: number): Readings {
    this.#readings.identity = identity;
    this.#readings.nowMs = nowMs;
    return this.#readings;
  }

  /**
   * Takes a change over while requests go on being answered from what was there before: the index is made in slices, and
   * then everything is put in place at once. The first one also rebuilds the counters from the own log; nothing is served
   * before that is done.
   *
   * @returns how many records were read back at the start; 0 later
   */
  async take(change: NodeChange): Promise<{ replayedRecords: number }> {
    const before = this.#state ?? null;
    if (before === null && change.body === null) throw new Error('the first snapshot comes with its body');
    const body = change.isWhole && before ? whatDiffers(before, change.body!) : change.body;
    const changed = body
      ? await inSlices(changeIndexInSteps(before?.index ?? null, body))
      : { index: before!.index, left: NOBODY, came: NOBODY };
    const creatives = body
      ? await inSlices((before?.creatives ?? NO_CREATIVES).changed(creativeChanges(body)))
      : before!.creatives;
    const ingested = this.#ingestedIn(change.spend.ingestedThrough);
    const newly = before === null ? NO_SPEND : await this.#ownSpend(this.#ingested, ingested);
    const nowMs = this.#options.nowMs();
    // From here to the end of this turn nothing else runs.
    this.#changePots(changed, change.spend, newly);
    this.#ingested = ingested;
    this.exposures.change(changed);
    this.pacer.change(changed, nowMs);
    this.#changeSequences(changed);
    this.#changeMedia(before, body);
    const state = nextState(before, { ...change, body }, changed.index, creatives);
    let replayedRecords = 0;
    if (before === null)
      replayedRecords = await replayLog(this.#log, {
        ledger: this.ledger,
        open: this.open,
        exposures: this.exposures,
        index: changed.index,
        pots: this.pots,
        reservationSeconds: this.#options.reservationSeconds,
        tokenSeconds: this.#options.tokenSeconds,
        nowMs,
        ingested: this.#ingested,
      });
    this.#state = state;
    return { replayedRecords };
  }

  #ownSpend(from: LogPosition, to: LogPosition): Promise<ReadonlyMap<string, number>> {
    if (comparePositions(from, to) === 0) return Promise.resolve(NO_SPEND);
    const first = this.#clamped(from);
    if (this.#options.sumOwnSpend) return this.#options.sumOwnSpend(first, this.#clamped(to));
    return ownSpendIn((start, end) => this.#log.range(start, end, [KIND.event]), first, this.#clamped(to));
  }

  #clamped(position: LogPosition): LogPosition {
    return this.#log.isPruned(position) ? { segment: this.#log.firstSegment, offset: 0 } : position;
  }

  #changePots(
    changed: Pick<IndexChange, 'left' | 'came'>,
    spend: NodeChange['spend'],
    newly: ReadonlyMap<string, number>,
  ): void {
    const { limits, gone } = potChanges(changed, spend, (key) => this.ledger.ingestedOf(key));
    this.pots.change(changed);
    this.ledger.change(limits, [...gone, ...this.pots.takeOver()], newly);
    this.pots.open(changed.came);
    // Counts of what did not change otherwise.
    for (const [id, micros] of spend.lineItems) this.ledger.ingest(id, micros);
    for (const [id, micros, impressions] of spend.flights) {
      this.ledger.ingest(id, micros);
      this.ledger.ingest(countKey(id), impressions);
    }
  }

  /** A number that was another line item's begins at nothing. */
  #changeSequences({ left, came }: Pick<IndexChange, 'left' | 'came'>): void {
    const known = new Set(left.map(({ id }) => id));
    for (const item of came) if (!known.has(item.id)) this.#sequences[item.slot] = 0;
  }

  #changeMedia(before: ServingState | null, body: BodyChange | null): void {
    if (!body) return;
    // What comes first: a file that goes from one creative to another stays.
    for (const creative of body.creatives) this.media.add(creative);
    for (const id of [...body.removed.creatives, ...body.creatives.map((creative) => creative.id)]) {
      const old = before?.creatives.get(id);
      if (old) this.media.drop(old);
    }
  }

  /** A position this log has not reached belongs to another history: then nothing of ours has been ingested. */
  #ingestedIn(ingestedThrough: NodeChange['spend']['ingestedThrough']): LogPosition {
    const beginning = { segment: this.#log.firstSegment, offset: 0 };
    const claimed = ingestedThrough[this.#options.nodeId] ?? beginning;
    return comparePositions(claimed, this.#log.durableThrough) > 0 ? beginning : claimed;
  }

  /**
   * One ad request to one decision: reserved, and on its way to the log.
   *
   * @param streamId viewing session whose earlier ads count for separation; null when none was said
   */
  decide(asked: DecisionRequest, nowMs: number, streamId: string | null): ServedDecision {
    const state = this.#state!;
    const seed = this.#random32();
    const keys = streamId === null ? asked.streamKeys : this.streams.keysOf(asked.accountId, streamId, nowMs);
    const logged = keys === asked.streamKeys ? asked : { ...asked, streamKeys: keys };
    const request = toAdRequest(logged, state.facts.get(asked.placementId) ?? NO_FACTS, nowMs);
    const decision = decide(state.index, request, this.readingsAt(request.identity, nowMs), seed);
    const second = Math.floor(nowMs / 1000);
    const decisionId = newDecisionId(second, this.#bytes(10));
    this.pacer.count(decision.examined);
    const { identity } = request;
    const ads = this.#promiseAll(decision.ads, asked, identity, decisionId, second, nowMs);
    const backups = this.#promiseAll(decision.backups, asked, identity, decisionId, second, nowMs);
    if (streamId !== null) this.streams.add(asked.accountId, streamId, decision.ads, nowMs);
    const rate = this.#options.decisionSampleRate ?? 1;
    // Privacy may allow to serve by what it does not allow to keep: then it is not kept, and cannot be replayed.
    const mayKeep = asked.mayLogViewer !== false;
    const payload = decisionText(decisionId, mayKeep ? logged : withoutViewer(logged), decision, {
      seed,
      atMs: nowMs,
      snapshotHash: state.hash,
      // The seed is random already, and a replay finds the same answer.
      isSampled: mayKeep && (rate >= 1 || seed / 4294967296 < rate),
    });
    this.lookup.add(asked.accountId, payload, second);
    this.#log.appendAscii(KIND.decision, payload);
    return { decisionId, ads, backups, reason: decision.reason };
  }

  #promiseAll(
    ads: readonly ChosenAd[],
    asked: DecisionRequest,
    identity: readonly [number, number] | null,
    decisionId: string,
    second: number,
    nowMs: number,
  ): readonly ServedAd[] {
    if (ads.length === 0) return NO_ADS;
    const served: ServedAd[] = [];
    for (let at = 0; at < ads.length; at++)
      served.push(this.#promise(ads[at]!, asked, identity, decisionId, second, nowMs));
    return served;
  }

  #soldOf(item: IndexedLineItem, flight: IndexedFlight): Sold {
    let sold = this.#sold.get(flight);
    if (!sold) {
      sold = { currency: item.currency, campaignId: item.campaignId, flightId: flight.id };
      this.#sold.set(flight, sold);
    }
    return sold;
  }

  /** Reserves money and exposure of one ad, and says what its addresses are made of. */
  #promise(
    ad: ChosenAd,
    asked: DecisionRequest,
    identity: readonly [number, number] | null,
    decisionId: string,
    second: number,
    nowMs: number,
  ): ServedAd {
    const { lineItem, flight, creative, priceMicros, position } = ad;
    const claim = this.pots.claim(lineItem, flight, nowMs);
    const exposure = this.exposures.exposureOf(lineItem, creative.id, identity);
    if (exposure !== null) this.exposures.reserve(exposure, second * 1000);
    if (lineItem.source.rotation === 'sequential')
      this.#sequences[lineItem.slot] = (this.#sequences[lineItem.slot] ?? 0) + 1;
    // A back-up may find too little left: it is offered without a promise, and its impression is billed if it can be.
    if (reserve(this.ledger, claim, priceMicros))
      this.open.add(second, adKey(decisionId, position), {
        claim,
        priceMicros,
        sold: this.#soldOf(lineItem, flight),
        placementId: asked.placementId,
        exposure,
      });
    return {
      claims: {
        accountId: asked.accountId,
        decisionId,
        position,
        creativeId: creative.id,
        lineItemId: lineItem.id,
        expiresSeconds: second + this.#options.tokenSeconds,
      },
      creativeId: creative.id,
      lineItemId: lineItem.id,
      campaignId: lineItem.campaignId,
      durationMs: creative.durationMs,
      position,
      priceMicros,
      currency: lineItem.currency,
    };
  }

  /**
   * Counts a verified event. `done` is called once the record is safe, or with an error when it was not kept, and then
   * everything is as if the event had not come.
   */
  record(
    claims: TokenClaims,
    event: TrackingEvent,
    detail: { source: EventRecord['source']; errorCode: number | null },
    nowMs: number,
    done: (error: LogUnavailableError | null, answer: EventAnswer) => void,
  ): void {
    const second = decisionSecond(claims.decisionId);
    const key = adKey(claims.decisionId, claims.position);
    const eventIndex = TRACKING_EVENTS.indexOf(event);
    const duplicate = this.open.markSeen(second, key, eventIndex);
    const billing =
      event === 'impression' && !duplicate
        ? this.#bill(second, key, claims, nowMs)
        : this.#context(second, key, claims);
    const record: EventRecord = {
      type: 'event',
      event,
      at: new Date(nowMs).toISOString(),
      decisionId: claims.decisionId,
      position: claims.position,
      accountId: claims.accountId,
      campaignId: billing.campaignId,
      lineItemId: claims.lineItemId,
      flightId: billing.flightId,
      creativeId: claims.creativeId,
      placementId: billing.placementId,
      spendMicros: billing.spendMicros,
      currency: billing.currency,
      source: detail.source,
      duplicate,
      late: billing.late,
      unbilled: billing.unbilled,
      errorCode: detail.errorCode,
    };
    this.#log.append(KIND.event, JSON.stringify(record), (error) => {
      if (error) {
        if (!duplicate) this.open.unmark(second, key, eventIndex);
        billing.undo?.();
      }
      done(error, duplicate ? 'duplicate' : 'counted');
    });
  }

  #context(second: number, key: string, claims: TokenClaims): Billing {
    const open = this.open.peek(second, key);
    const item = this.#state?.index.lineItems.get(claims.lineItemId);
    return {
      spendMicros: 0,
      campaignId: open?.sold.campaignId ?? item?.campaignId ?? null,
      flightId: open?.sold.flightId ?? null,
      placementId: open?.placementId ?? null,
      currency: open?.sold.currency ?? item?.currency ?? null,
      late: false,
      unbilled: null,
    };
  }

  #bill(second: number, key: string, claims: TokenClaims, nowMs: number): Billing {
    const reserved = this.open.take(second, key);
    if (reserved) {
      const { claim, priceMicros, exposure } = reserved;
      this.ledger.commit(claim.money, priceMicros);
      if (claim.count !== null) this.ledger.commit([claim.count], 1);
      if (exposure !== null) this.exposures.commit(exposure, second * 1000, nowMs);
      return {
        spendMicros: priceMicros,
        ...reserved.sold,
        placementId: reserved.placementId,
        late: false,
        unbilled: null,
        undo: () => {
          this.#restore(claim, -priceMicros, -1);
          // Unless its time ran out meanwhile: then the money is free again.
          if (this.open.reopen(second, key, reserved)) reserve(this.ledger, claim, priceMicros);
        },
      };
    }
    const context = { ...this.#context(second, key, claims), late: true };
    const exposure = this.open.takeLate(second, key);
    if (exposure) this.exposures.commit(exposure, second * 1000, nowMs);
    const item = this.#state?.index.lineItems.get(claims.lineItemId);
    if (!item || item.accountId !== claims.accountId) return { ...context, unbilled: 'line_item_unknown' };
    // The flight that was decided on is the one running then; the address does not carry it.
    const flight = currentFlight(item, second * 1000) ?? currentFlight(item, nowMs) ?? item.flights.at(-1);
    if (!flight) return { ...context, unbilled: 'line_item_unknown' };
    const claim = this.pots.claim(item, flight, nowMs);
    // What was shown was shown: an impression counts towards a goal whether or not money is left for it.
    if (claim.count !== null) this.ledger.restore([claim.count], 1);
    const undoCount = () => {
      if (claim.count !== null) this.ledger.restore([claim.count], -1);
    };
    if (!this.ledger.spend(claim.money, item.priceMicros))
      return { ...context, flightId: flight.id, unbilled: 'budget_exhausted', undo: undoCount };
    return {
      ...context,
      flightId: flight.id,
      spendMicros: item.priceMicros,
      undo: () => {
        this.ledger.restore(claim.money, -item.priceMicros);
        undoCount();
      },
    };
  }

  #restore(claim: Claim, micros: number, impressions: number): void {
    this.ledger.restore(claim.money, micros);
    if (claim.count !== null) this.ledger.restore([claim.count], impressions);
  }

  /** Every second: reservations come back, old tokens are forgotten. */
  sweep(): void {
    this.open.sweep(Math.floor(this.#options.nowMs() / 1000));
  }

  /** Every second: new pass rates of a part of the flights. */
  pace(): void {
    this.pacer.step((item, flight) => this.pots.paced(item, flight), this.#options.nowMs());
  }

  // Random bytes are drawn in blocks: one call per decision would cost more than the decision.
  #random32(): number {
    return this.#bytes(4).readUInt32LE(0);
  }

  #bytes(bytes: number): Buffer {
    if (this.#randomUsed + bytes > this.#randomPool.length) {
      this.#randomPool = randomBytes(16 * 1024);
      this.#randomUsed = 0;
    }
    this.#randomUsed += bytes;
    return this.#randomPool.subarray(this.#randomUsed - bytes, this.#randomUsed);
  }
}

interface Billing {
  readonly spendMicros: number;
  readonly campaignId: string | null;
  readonly flightId: string | null;
  readonly placementId: string | null;
  readonly currency: string | null;
  readonly late: boolean;
  readonly unbilled: EventRecord['unbilled'];
  readonly undo?: () => void;
}

/** The request without anything that says who or where exactly the viewer is. */
function withoutViewer(request: DecisionRequest): DecisionRequest {
  const { segment: _segment, city: _city, postal: _postal, dma: _dma, ...facts } = request.facts;
  return { ...request, facts, identity: null, identityKind: 'none', streamKeys: [] };
}

const NO_FACTS: readonly null[] = [];
const NOBODY: readonly IndexedLineItem[] = [];
const NO_SPEND: ReadonlyMap<string, number> = new Map();
const NO_CREATIVES = LayeredMap.of<SnapshotCreative>(new Map());

function creativeChanges({ creatives, removed }: BodyChange): Map<string, SnapshotCreative | undefined> {
  const changes = new Map<string, SnapshotCreative | undefined>();
  for (const id of removed.creatives) changes.set(id, undefined);
  for (const creative of creatives) changes.set(creative.id, creative);
  return changes;
}

/** A whole body beside what is held: everything comes, and what it does not name goes. */
function whatDiffers({ index }: ServingState, body: BodyChange): BodyChange {
  const gone = (held: Iterable<string>, named: readonly { id: string }[]) => {
    const ids = new Set(named.map(({ id }) => id));
    return [...held].filter((id) => !ids.has(id));
  };
  return {
    ...body,
    removed: {
      lineItems: gone(index.lineItems.keys(), body.lineItems),
      creatives: gone(index.creatives.keys(), body.creatives),
      placements: gone(index.placements.keys(), body.placements),
    },
  };
}
const NO_ADS: readonly ServedAd[] = [];

/** What the engine's counters say at one moment about one viewer. */
class EngineReadings implements Readings {
  readonly #engine: Engine;
  identity: readonly [number, number] | null = null;
  nowMs = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  affordable(item: IndexedLineItem, flight: IndexedFlight): number {
    return this.#engine.pots.affordable(item, flight, this.nowMs);
  }

  passRate(item: IndexedLineItem, flight: IndexedFlight): number {
    const { pacer, pots } = this.#engine;
    return pacer.passRate(flight, pots.paced(item, flight), this.nowMs);
  }

  room(item: IndexedLineItem): number {
    return this.identity === null ? 0 : this.#engine.exposures.room(item, this.identity, this.nowMs);
  }

  creativeRoom(item: IndexedLineItem, assignment: IndexedAssignment): number {
    return this.identity === null
      ? 0
      : this.#engine.exposures.creativeRoom(item, assignment, this.identity, this.nowMs);
  }

  sequence(item: IndexedLineItem): number {
    return this.#engine.sequenceOf(item);
  }
}
