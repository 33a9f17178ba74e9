import { randomBytes } from 'node:crypto';
import {
  type ChosenAd,
  changeIndexInSteps,
  type DecisionIndex,
  decide,
  type IndexedFlight,
  type IndexedLineItem,
  LayeredMap,
  NodeLeases,
} from '@cuepoint/decisioning';
import { adRequestWith, identityOf } from '../../kernel/ad-request.ts';
import type {
  AccountReadings,
  DecisionRequest,
  ErasureOrder,
  LineItemState,
  LogPosition,
  SnapshotCreative,
} from '../../kernel/delivery-protocol.ts';
import { readFacts } from '../../kernel/request-facts.ts';
import { Counters } from './counters.ts';
import { decisionSecond, newDecisionId } from './decision-id.ts';
import { DecisionLookup } from './decision-lookup.ts';
import { decisionText } from './decision-record.ts';
import { Erasures } from './erasures.ts';
import { EventBook } from './event-book.ts';
import type { Exposure } from './exposures.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { comparePositions } from './log/reader.ts';
import { MediaBook } from './media-book.ts';
import { readingsOfAccount, stateOfLineItem } from './moment.ts';
import { adKey, reserve, type Sold } from './open-decisions.ts';
import { ownSpendIn } from './own-spend.ts';
import { dayPotKey } from './pots.ts';
import { replayLog } from './replay.ts';
import type { ServedAd, ServedDecision } from './served.ts';
import { nextState, type ServingState } from './serving-state.ts';
import type { SharedCaps, ViewerTurn } from './shared-caps/shared-caps.ts';
import { inSlices } from './slices.ts';
import { creativeChanges, type NodeChange, whatDiffers } from './snapshot/node-change.ts';
import { Streams } from './streams.ts';
import { NO_VIEWER } from './viewer-claim.ts';
import { viewerOf, type Who, withoutViewer } from './whom.ts';

export interface EngineOptions {
  readonly nodeId: string;
  readonly reservationSeconds: number;
  readonly tokenSeconds: number;
  readonly nowMs: () => number;
  /** Share of decisions whose readings are logged, so that they can be replayed and explained; 1 when absent. */
  readonly decisionSampleRate?: number;
  /** Where several nodes share the budgets, how many there are: this one promises what it is lent and no more. */
  readonly sharedBy?: () => number;
  /** Where several nodes share frequency caps: who tells the others. Made for this engine's counters. */
  readonly sharedCaps?: (own: OwnExposures) => SharedCaps;
  /** Own spend between two positions of the log; read here when absent, which keeps requests waiting. */
  readonly sumOwnSpend?: (from: LogPosition, to: LogPosition) => Promise<ReadonlyMap<string, number>>;
  /** Viewers that are to be forgotten; none when absent. */
  readonly erasures?: Erasures;
}

/** What those who share caps ask of the own counts. */
export interface OwnExposures {
  /** Whether anything of an account is capped. */
  capsIn(accountId: string): boolean;
  /** Whether an ad is promised here, at a moment still, and nothing has come of it. @param ad see `adKey` */
  isPromised(ad: string, atMs: number): boolean;
}

/** Decides, counts and keeps the money straight. Holds the current state and swaps it; knows nothing of HTTP. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #log: DurableLog;
  readonly counters: Counters;
  readonly media = new MediaBook();
  readonly streams = new Streams();
  readonly lookup: DecisionLookup;
  #state: ServingState | undefined;
  #startProblem: Error | undefined;
  #ingested: LogPosition = { segment: 1, offset: 0 };
  /** Where the log ended when counting in memory began. */
  #countsFrom: LogPosition = { segment: 1, offset: 0 };
  readonly events: EventBook;
  readonly erasures: Erasures;
  /** Null on a node that counts for itself. */
  readonly sharedCaps: SharedCaps | null;
  readonly #sold = new WeakMap<IndexedFlight, Sold>();
  #randomPool: Buffer = Buffer.alloc(0);
  #randomUsed = 0;

  constructor(log: DurableLog, options: EngineOptions) {
    this.#options = options;
    this.#log = log;
    const { nodeId, sharedBy } = options;
    this.counters = new Counters(
      options.reservationSeconds,
      options.tokenSeconds,
      sharedBy && { leasesOf: ({ table }) => new NodeLeases(table, nodeId), nodes: sharedBy },
    );
    this.lookup = new DecisionLookup(log);
    this.erasures = options.erasures ?? Erasures.none();
    const { exposures, open } = this.counters;
    this.sharedCaps =
      options.sharedCaps?.({
        capsIn: (accountId) => exposures.capsIn(accountId),
        isPromised: (ad, atMs) => open.isHeld(decisionSecond(ad.split('.', 1)[0]!), ad, atMs),
      }) ?? null;
    this.events = new EventBook(
      log,
      this.counters,
      this.streams,
      this.erasures,
      () => this.#state,
      this.sharedCaps,
    );
  }

  get state(): ServingState | undefined {
    return this.#state;
  }

  /** Why this node can never serve; undefined when nothing keeps it from that. */
  get startProblem(): Error | undefined {
    return this.#startProblem;
  }

  get ingested(): LogPosition {
    return this.#ingested;
  }

  /** Counters of the moment of every running line item of an account, for one viewer: what a preview decides with. */
  readingsOf(accountId: string, identity: readonly [number, number] | null, atMs: number): AccountReadings {
    return readingsOfAccount(this.#state!, this.counters, accountId, identity, atMs);
  }

  /** Money and pass rate of one line item at this moment; null when it is not in the snapshot. */
  lineItemState(accountId: string, lineItemId: string, nowMs: number): LineItemState | null {
    return this.#state ? stateOfLineItem(this.#state, this.counters, accountId, lineItemId, nowMs) : null;
  }

  /**
   * Takes a change over while requests go on being answered from what was there before: the index is made in slices, and
   * then everything is put in place at once. The first one also rebuilds the counters from the own log; nothing is served
   * before that is done.
   *
   * @returns how many records were read back at the start; 0 later
   */
  async take(change: NodeChange): Promise<{ replayedRecords: number }> {
    if (this.#startProblem) throw this.#startProblem;
    const before = this.#state ?? null;
    if (before === null && change.body === null) throw new Error('the first snapshot comes with its body');
    const body = change.isWhole && before ? whatDiffers(before.index, change.body!) : change.body;
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
    this.counters.change(changed, change.spend, newly, nowMs);
    this.#ingested = ingested;
    if (body) this.media.change(before?.creatives, body);
    const state = nextState(before, { ...change, body }, changed.index, creatives);
    let replayedRecords = 0;
    if (before === null) {
      this.#countsFrom = this.#log.durableThrough;
      replayedRecords = await this.#replay(changed.index, nowMs);
    }
    this.#state = state;
    return { replayedRecords };
  }

  /** Counters that were rebuilt in part must not be rebuilt on top of that: then this node does not serve. */
  async #replay(index: DecisionIndex, nowMs: number): Promise<number> {
    try {
      return await replayLog(this.#log, {
        counters: this.counters,
        index,
        reservationSeconds: this.#options.reservationSeconds,
        tokenSeconds: this.#options.tokenSeconds,
        nowMs,
        ingested: this.#ingested,
        erasures: this.erasures,
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#startProblem = new Error(`the counters cannot be rebuilt from the log: ${reason}`, {
        cause: error,
      });
      throw this.#startProblem;
    }
  }

  #ownSpend(from: LogPosition, to: LogPosition): Promise<ReadonlyMap<string, number>> {
    if (comparePositions(from, to) === 0) return Promise.resolve(NO_SPEND);
    const first = this.#clamped(from);
    if (this.#options.sumOwnSpend) return this.#options.sumOwnSpend(first, this.#clamped(to));
    return ownSpendIn((start, end) => this.#log.range(start, end, [KIND.event]), first, this.#clamped(to));
  }

  /**
   * By key of a pot, what the own log says was spent between a position and where counting in memory began; below 0 when
   * that was earlier.
   */
  spentSince(position: LogPosition): Promise<ReadonlyMap<string, number>> {
    const flights = this.#state?.index.lineItems;
    return ownSpendIn(
      (start, end) => this.#log.range(start, end, [KIND.event]),
      this.#clamped(position),
      this.#countsFrom,
      ({ lineItemId, flightId, at }) => {
        const flight = flights?.get(lineItemId)?.flights.find(({ id }) => id === flightId);
        return flight && flight.source.dailyBudgetMicros !== null ? dayPotKey(flight, Date.parse(at)) : null;
      },
    );
  }

  #clamped(position: LogPosition): LogPosition {
    return this.#log.isPruned(position) ? { segment: this.#log.firstSegment, offset: 0 } : position;
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
   * @param turn the viewer's, where caps are shared: what other nodes have shown them, and who tells them
   */
  decide(
    asked: DecisionRequest,
    nowMs: number,
    streamId: string | null,
    turn: ViewerTurn | null = null,
  ): ServedDecision {
    const state = this.#state!;
    this.counters.leased?.leases.expire(nowMs);
    const seed = this.#random32();
    const keys = streamId === null ? asked.streamKeys : this.streams.keysOf(asked.accountId, streamId, nowMs);
    const logged = keys === asked.streamKeys ? asked : { ...asked, streamKeys: keys };
    const facts = readFacts(asked.facts, state.facts.get(asked.placementId) ?? NO_FACTS);
    const request = adRequestWith(facts.values, logged, nowMs);
    const ofViewer = turn !== null && isSame(turn.identity, request.identity) ? turn : null;
    const readings = this.counters.readingsAt(request.identity, nowMs, ofViewer?.elsewhere);
    const decision = decide(state.index, request, readings, seed);
    const second = Math.floor(nowMs / 1000);
    const decisionId = newDecisionId(second, this.#bytes(10));
    this.counters.pacer.count(decision.examined);
    // Privacy may allow to serve by what it does not allow to keep: then it is not kept, and cannot be replayed.
    const mayKeep = asked.mayLogViewer !== false;
    const { identity } = request;
    const served = decision.ads.length === 0 ? NO_VIEWER : viewerOf(asked, mayKeep ? identity : null);
    const who = { identity, viewer: served, turn: ofViewer };
    const ads = this.#promiseAll(decision.ads, asked, who, decisionId, second, nowMs);
    const backups = this.#promiseAll(decision.backups, asked, who, decisionId, second, nowMs);
    if (streamId !== null) {
      const { accountId } = asked;
      this.streams.add(accountId, streamId, decision.ads, nowMs, keys);
      for (const ad of decision.backups)
        this.counters.open.offerBackup(second, adKey(decisionId, ad.position), { accountId, streamId, ad });
    }
    const rate = this.#options.decisionSampleRate ?? 1;
    const kept = mayKeep ? logged : withoutViewer(logged);
    const payload = decisionText(decisionId, kept, decision, {
      factsJson: mayKeep ? facts.json : readFacts(kept.facts, NO_FACTS).json,
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
    who: Who,
    decisionId: string,
    second: number,
    nowMs: number,
  ): readonly ServedAd[] {
    if (ads.length === 0) return NO_ADS;
    const served: ServedAd[] = [];
    for (let at = 0; at < ads.length; at++)
      served.push(this.#promise(ads[at]!, asked, who, decisionId, second, nowMs));
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
    { identity, viewer, turn }: Who,
    decisionId: string,
    second: number,
    nowMs: number,
  ): ServedAd {
    const { lineItem, flight, creative, priceMicros, position } = ad;
    const claim = this.counters.pots.claim(lineItem, flight, nowMs);
    const exposure = this.counters.exposures.exposureOf(lineItem, creative.id, identity);
    if (exposure !== null) {
      this.counters.exposures.reserve(exposure, second * 1000);
      // What may not be kept is not told to others either.
      if (viewer.identity !== null) this.#share(adKey(decisionId, position), exposure, turn, second * 1000);
    }
    if (lineItem.source.rotation === 'sequential') this.counters.advance(lineItem);
    // A back-up may find too little left: it is offered without a promise, and its impression is billed if it can be.
    if (reserve(this.counters.ledger, claim, priceMicros))
      this.counters.open.add(second, adKey(decisionId, position), {
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
        viewer,
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
   * Forgets a viewer, once the order is on the disk: what frequency caps count, the viewing sessions that are meant, and
   * what is remembered of decisions. With `isPreview` it only says how much that is.
   */
  async forgetViewer(
    order: ErasureOrder,
    isMeant: (streamId: string) => boolean,
  ): Promise<{ exposures: number; sessions: number }> {
    const { accountId } = order;
    const [high, low] = identityOf(order.identity)!;
    const { table } = this.counters.exposures;
    const sessions = this.streams.namesOf(accountId, isMeant);
    if (order.isPreview) return { exposures: table.entriesOf(high, low), sessions: sessions.length };
    await this.erasures.add(order);
    const exposures = table.forget(high, low);
    for (const streamId of sessions) this.streams.forget(accountId, streamId);
    this.lookup.rewrite(accountId, (payload) => this.erasures.stripText(payload));
    return { exposures, sessions: sessions.length };
  }

  #share(ad: string, exposure: Exposure, turn: ViewerTurn | null, atMs: number): void {
    if (turn !== null) turn.reserve(ad, exposure, atMs);
    else this.sharedCaps?.reserved(exposure.identity, ad, exposure, atMs);
  }

  /** Call it once a second. */
  tick(): void {
    this.sharedCaps?.tick();
    this.counters.tick(this.#options.nowMs());
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

function isSame(left: readonly [number, number], right: readonly [number, number] | null): boolean {
  return right !== null && left[0] === right[0] && left[1] === right[1];
}

const NO_FACTS: readonly null[] = [];
const NOBODY: readonly IndexedLineItem[] = [];
const NO_SPEND: ReadonlyMap<string, number> = new Map();
const NO_CREATIVES = LayeredMap.of<SnapshotCreative>(new Map());

const NO_ADS: readonly ServedAd[] = [];
