import { randomBytes } from 'node:crypto';
import {
  availableIn,
  BudgetLedger,
  currentFlight,
  type Decision,
  decide,
  type IndexedFlight,
  type IndexedLineItem,
  type Readings,
} from '@cuepoint/decisioning';
import {
  type DecisionRecord,
  type DecisionRequest,
  type EventRecord,
  type LogPosition,
  type Snapshot,
  TRACKING_EVENTS,
  type TrackingEvent,
} from '../../kernel/delivery-protocol.ts';
import { decisionSecond, newDecisionId } from './decision-id.ts';
import type { DurableLog, LogUnavailableError } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { comparePositions } from './log/reader.ts';
import { OpenDecisions } from './open-decisions.ts';
import { Pacer } from './pacer.ts';
import { ownSpendBetween, replayLog } from './replay.ts';
import { buildServingState, potLimits, potsOf, type ServingState } from './serving-state.ts';
import type { TokenClaims } from './tokens.ts';

/** Readings kept in a decision record. */
const MAX_READINGS = 32;

export interface EngineOptions {
  readonly nodeId: string;
  readonly reservationSeconds: number;
  readonly tokenSeconds: number;
  readonly nowMs: () => number;
}

export interface ServedDecision {
  readonly decisionId: string;
  readonly decision: Decision;
  /** Present with an ad. */
  readonly claims?: TokenClaims;
}

export type EventAnswer = 'counted' | 'duplicate';

/** Decides, counts and keeps the money straight. Holds the current state and swaps it; knows nothing of HTTP. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #log: DurableLog;
  readonly ledger = new BudgetLedger();
  readonly pacer = new Pacer();
  readonly open: OpenDecisions;
  #state: ServingState | undefined;
  #ingested: LogPosition = { segment: 1, offset: 0 };
  readonly #readings: Readings & { atMs: number };
  #randomPool: Buffer = Buffer.alloc(0);
  #randomUsed = 0;

  constructor(log: DurableLog, options: EngineOptions) {
    this.#options = options;
    this.#log = log;
    this.open = new OpenDecisions(this.ledger, options.reservationSeconds, options.tokenSeconds);
    const engine = this;
    this.#readings = {
      atMs: 0,
      availableMicros(item, flight) {
        const [left, right] = potsOf(engine.#state!, item, flight);
        return Math.min(availableIn(left), availableIn(right));
      },
      passRate(item, flight) {
        return engine.pacer.passRate(item, flight, engine.#pacedPot(item, flight), this.atMs);
      },
    };
  }

  get state(): ServingState | undefined {
    return this.#state;
  }

  get ingested(): LogPosition {
    return this.#ingested;
  }

  /** The pot whose budget the pacing plan is about. */
  #pacedPot(item: IndexedLineItem, flight: IndexedFlight) {
    const [lineItemPot, flightPot] = potsOf(this.#state!, item, flight);
    return flight.budgetMicros === null ? lineItemPot : flightPot;
  }

  /**
   * Takes over a snapshot. Sums the own log between the old and new ingested position first, so that no spend counts
   * twice or drops out; requests that arrive meanwhile still see the old state.
   */
  async swap(snapshot: Snapshot): Promise<void> {
    const ingested = this.#ingestedIn(snapshot);
    const newly = await ownSpendBetween(this.#log, this.#ingested, ingested);
    this.ledger.rebase(potLimits(snapshot), newly);
    this.#ingested = ingested;
    this.#state = buildServingState(snapshot, this.ledger);
  }

  /**
   * First snapshot after a start: takes it over and rebuilds the counters from the own log. Nothing is served from it
   * before that is done.
   */
  async start(snapshot: Snapshot): Promise<{ replayedRecords: number }> {
    this.#ingested = this.#ingestedIn(snapshot);
    this.ledger.rebase(potLimits(snapshot), new Map());
    const replayedRecords = await replayLog(this.#log, {
      ledger: this.ledger,
      open: this.open,
      reservationSeconds: this.#options.reservationSeconds,
      tokenSeconds: this.#options.tokenSeconds,
      nowMs: this.#options.nowMs(),
      ingested: this.#ingested,
    });
    this.#state = buildServingState(snapshot, this.ledger);
    return { replayedRecords };
  }

  /** A position this log has not reached belongs to another history: then nothing of ours has been ingested. */
  #ingestedIn(snapshot: Snapshot): LogPosition {
    const beginning = { segment: this.#log.firstSegment, offset: 0 };
    const claimed = snapshot.ingestedThrough[this.#options.nodeId] ?? beginning;
    return comparePositions(claimed, this.#log.durableThrough) > 0 ? beginning : claimed;
  }

  /** One ad request to one decision: reserved, and on its way to the log. */
  decide(request: DecisionRequest, nowMs: number): ServedDecision {
    const state = this.#state!;
    const seed = this.#random32();
    this.#readings.atMs = nowMs;
    const decision = decide(state.index, { ...request, atMs: nowMs }, this.#readings, seed);
    const second = Math.floor(nowMs / 1000);
    const decisionId = newDecisionId(second, this.#take(10));
    this.pacer.count(decision.examined);
    const { outcome } = decision;
    let claims: TokenClaims | undefined;
    if (outcome.kind === 'ad') {
      const pots = potsOf(state, outcome.lineItem, outcome.flight);
      this.ledger.reserve(pots, outcome.priceMicros);
      this.open.add(second, `${decisionId}.1`, {
        pots,
        priceMicros: outcome.priceMicros,
        currency: outcome.lineItem.currency,
        campaignId: outcome.lineItem.campaignId,
        flightId: outcome.flight.id,
        placementId: request.placementId,
      });
      claims = {
        accountId: request.accountId,
        decisionId,
        position: 1,
        creativeId: outcome.creative.id,
        lineItemId: outcome.lineItem.id,
        expiresSeconds: second + this.#options.tokenSeconds,
      };
    }
    this.#log.append(
      KIND.decision,
      JSON.stringify(this.#decisionRecord(decisionId, request, seed, nowMs, decision)),
    );
    return claims ? { decisionId, decision, claims } : { decisionId, decision };
  }

  #decisionRecord(
    decisionId: string,
    request: DecisionRequest,
    seed: number,
    nowMs: number,
    { outcome, examined }: Decision,
  ): DecisionRecord {
    const kept = examined.length > MAX_READINGS ? examined.slice(0, MAX_READINGS) : examined;
    return {
      type: 'decision',
      decisionId,
      at: new Date(nowMs).toISOString(),
      snapshotHash: this.#state!.hash,
      seed,
      request,
      // No budget at all reads as the largest whole number, since JSON has no infinity.
      readings: kept.map(({ item, availableMicros, passRate }) => [
        item.id,
        Math.min(availableMicros, Number.MAX_SAFE_INTEGER),
        passRate ?? 1,
      ]),
      readingsTruncated: kept.length < examined.length,
      outcome:
        outcome.kind === 'no_ad'
          ? outcome
          : {
              kind: 'ad',
              campaignId: outcome.lineItem.campaignId,
              lineItemId: outcome.lineItem.id,
              flightId: outcome.flight.id,
              creativeId: outcome.creative.id,
              position: 1,
              priceMicros: outcome.priceMicros,
              currency: outcome.lineItem.currency,
            },
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
    const key = `${claims.decisionId}.${claims.position}`;
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
      campaignId: open?.campaignId ?? item?.campaignId ?? null,
      flightId: open?.flightId ?? null,
      placementId: open?.placementId ?? null,
      currency: open?.currency ?? item?.currency ?? null,
      late: false,
      unbilled: null,
    };
  }

  #bill(second: number, key: string, claims: TokenClaims, nowMs: number): Billing {
    const reserved = this.open.take(second, key);
    if (reserved) {
      this.ledger.commit(reserved.pots, reserved.priceMicros);
      return {
        spendMicros: reserved.priceMicros,
        campaignId: reserved.campaignId,
        flightId: reserved.flightId,
        placementId: reserved.placementId,
        currency: reserved.currency,
        late: false,
        unbilled: null,
        undo: () => {
          this.ledger.restore(reserved.pots, -reserved.priceMicros);
          // Unless its time ran out meanwhile: then the money is free again.
          if (this.open.reopen(second, key, reserved))
            this.ledger.reserve(reserved.pots, reserved.priceMicros);
        },
      };
    }
    const context = { ...this.#context(second, key, claims), late: true };
    const item = this.#state?.index.lineItems.get(claims.lineItemId);
    if (!item || item.accountId !== claims.accountId) return { ...context, unbilled: 'line_item_unknown' };
    // The flight that was decided on is the one running then; the address does not carry it.
    const flight = currentFlight(item, second * 1000) ?? currentFlight(item, nowMs) ?? item.flights.at(-1);
    if (!flight) return { ...context, unbilled: 'line_item_unknown' };
    const pots = potsOf(this.#state!, item, flight);
    if (!this.ledger.spend(pots, item.priceMicros))
      return { ...context, flightId: flight.id, unbilled: 'budget_exhausted' };
    return {
      ...context,
      flightId: flight.id,
      spendMicros: item.priceMicros,
      undo: () => this.ledger.restore(pots, -item.priceMicros),
    };
  }

  /** Every second: reservations come back, old tokens are forgotten. */
  sweep(): void {
    this.open.sweep(Math.floor(this.#options.nowMs() / 1000));
  }

  /** Every minute: new pass rates. */
  pace(): void {
    const state = this.#state;
    if (state)
      this.pacer.step(state.index, (item, flight) => this.#pacedPot(item, flight), this.#options.nowMs());
  }

  // Random bytes are drawn in blocks: one call per decision would cost more than the decision.
  #random32(): number {
    return this.#take(4).readUInt32LE(0);
  }

  #take(bytes: number): Buffer {
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
