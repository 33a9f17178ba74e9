import { currentFlight } from '@cuepoint/decisioning';
import type { EventRecord, InvalidTraffic, TrackingEvent } from '../../kernel/delivery-protocol.ts';
import type { Counters } from './counters.ts';
import { decisionSecond } from './decision-id.ts';
import type { Erasures } from './erasures.ts';
import { eventText } from './event-record.ts';
import type { Exposure } from './exposures.ts';
import { instant } from './instant.ts';
import type { DurableLog, LogUnavailableError } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { adKey, markOf, reserve } from './open-decisions.ts';
import type { Claim } from './pots.ts';
import type { ServingState } from './serving-state.ts';
import type { SharedCaps } from './shared-caps/shared-caps.ts';
import type { Streams } from './streams.ts';
import type { TokenClaims } from './tokens.ts';
import { identityText, type ViewerClaim } from './viewer-claim.ts';

export type EventAnswer = 'counted' | 'duplicate' | 'invalid';

/** What is known of an event beside what its address says. */
export interface EventDetail {
  readonly source: EventRecord['source'];
  readonly errorCode: number | null;
  /** Why it is no viewer's; null when it is one. */
  readonly invalid: InvalidTraffic | null;
}

/** Books what players report: once each, billed when an impression is, and nothing when the log could not keep it. */
export class EventBook {
  readonly #log: DurableLog;
  readonly #counters: Counters;
  readonly #streams: Streams;
  readonly #erasures: Erasures;
  readonly #state: () => ServingState | undefined;
  readonly #sharedCaps: SharedCaps | null;

  /** @param sharedCaps null on a node that counts for itself */
  constructor(
    log: DurableLog,
    counters: Counters,
    streams: Streams,
    erasures: Erasures,
    state: () => ServingState | undefined,
    sharedCaps: SharedCaps | null = null,
  ) {
    this.#sharedCaps = sharedCaps;
    this.#log = log;
    this.#counters = counters;
    this.#streams = streams;
    this.#erasures = erasures;
    this.#state = state;
  }

  /**
   * Counts a verified event. `done` is called once the record is safe, or with an error when it was not kept, and then
   * everything is as if the event had not come, but for the stream: a back-up that was shown was shown.
   */
  record(
    claims: TokenClaims,
    event: TrackingEvent,
    detail: EventDetail,
    nowMs: number,
    done: (error: LogUnavailableError | null, answer: EventAnswer) => void,
  ): void {
    const second = decisionSecond(claims.decisionId);
    const key = adKey(claims.decisionId, claims.position);
    const { invalid } = detail;
    const mark = markOf(event, invalid !== null);
    const duplicate = this.#counters.open.markSeen(second, key, mark);
    const isBillable = event === 'impression' && !duplicate;
    if (isBillable && invalid === null) this.#rememberBackup(second, key, nowMs);
    const billing =
      isBillable && invalid === null
        ? this.#bill(second, key, claims, nowMs)
        : this.#context(second, key, claims);
    // An address from before the viewer was erased still has the identity in it.
    const isErased = this.#erasures.covers(claims.accountId, claims.viewer.identity, second * 1000);
    const record: EventRecord = {
      type: 'event',
      event,
      at: instant(nowMs),
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
      unbilled: isBillable && invalid !== null ? 'invalid_traffic' : billing.unbilled,
      errorCode: detail.errorCode,
      invalid,
      country: claims.viewer.country,
      deviceType: claims.viewer.deviceType,
      identity: isErased ? null : identityOf(claims.viewer),
      identityKind: isErased ? 'none' : claims.viewer.identityKind,
    };
    this.#log.appendAscii(KIND.event, eventText(record), (error) => {
      if (error) {
        if (!duplicate) this.#counters.open.unmark(second, key, mark);
        billing.undo?.();
      }
      done(error, duplicate ? 'duplicate' : invalid === null ? 'counted' : 'invalid');
    });
  }

  /** Whether an ad was reported to have begun, by a viewer and to this node. */
  hasBegun({ decisionId, position }: Pick<TokenClaims, 'decisionId' | 'position'>): boolean {
    const key = adKey(decisionId, position);
    const second = decisionSecond(decisionId);
    return BEGINNINGS.some((mark) => this.#counters.open.hasSeen(second, key, mark));
  }

  /** Ads count as shown when they are decided, back-ups when they play: most never do. */
  #rememberBackup(second: number, key: string, nowMs: number): void {
    const backup = this.#counters.open.takeBackup(second, key);
    if (backup) this.#streams.add(backup.accountId, backup.streamId, [backup.ad], nowMs);
  }

  #context(second: number, key: string, claims: TokenClaims): Billing {
    const open = this.#counters.open.peek(second, key);
    const item = this.#state()?.index.lineItems.get(claims.lineItemId);
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
    const reserved = this.#counters.open.take(second, key);
    if (reserved) {
      const { claim, priceMicros, exposure } = reserved;
      this.#counters.ledger.commit(claim.money, priceMicros);
      if (claim.count !== null) this.#counters.ledger.commit([claim.count], 1);
      if (exposure !== null) this.#shown(exposure, key, claims, second * 1000, nowMs);
      return {
        spendMicros: priceMicros,
        ...reserved.sold,
        placementId: reserved.placementId,
        late: false,
        unbilled: null,
        undo: () => {
          this.#restore(claim, -priceMicros, -1);
          // Unless its time ran out meanwhile: then the money is free again.
          if (this.#counters.open.reopen(second, key, reserved))
            reserve(this.#counters.ledger, claim, priceMicros);
        },
      };
    }
    this.#counters.leased?.leases.expire(nowMs);
    const context = { ...this.#context(second, key, claims), late: true };
    const exposure = this.#counters.open.takeLate(second, key);
    if (exposure) this.#shown(exposure, key, claims, second * 1000, nowMs);
    else if (this.#sharedCaps !== null) this.#shownOfOthers(this.#sharedCaps, key, claims, nowMs);
    const item = this.#state()?.index.lineItems.get(claims.lineItemId);
    if (!item || item.accountId !== claims.accountId) return { ...context, unbilled: 'line_item_unknown' };
    // The flight that was decided on is the one running then; the address does not carry it.
    const flight = currentFlight(item, second * 1000) ?? currentFlight(item, nowMs) ?? item.flights.at(-1);
    if (!flight) return { ...context, unbilled: 'line_item_unknown' };
    const claim = this.#counters.pots.claim(item, flight, nowMs);
    // What was shown was shown: an impression counts towards a goal whether or not money is left for it.
    if (claim.count !== null) this.#counters.ledger.restore([claim.count], 1);
    const undoCount = () => {
      if (claim.count !== null) this.#counters.ledger.restore([claim.count], -1);
    };
    if (!this.#counters.ledger.spend(claim.money, item.priceMicros))
      return {
        ...context,
        flightId: flight.id,
        // Of a shared budget this node knows what it was lent, and not whether there is more.
        unbilled: this.#counters.leased === null ? 'budget_exhausted' : 'no_lease',
        undo: undoCount,
      };
    return {
      ...context,
      flightId: flight.id,
      spendMicros: item.priceMicros,
      undo: () => {
        this.#counters.ledger.restore(claim.money, -item.priceMicros);
        undoCount();
      },
    };
  }

  /** The viewer has seen an ad that was decided here. */
  #shown(exposure: Exposure, key: string, claims: TokenClaims, reservedAtMs: number, nowMs: number): void {
    // Towards the caps of whom it was promised to, unless that viewer was erased since.
    if (this.#erasures.covers(claims.accountId, exposure.identity, reservedAtMs)) return;
    this.#counters.exposures.commit(exposure, reservedAtMs, nowMs);
    // Of a viewer that may not be kept the address says nothing, and others are told nothing.
    if (claims.viewer.identity !== null) this.#sharedCaps?.shown(exposure.identity, key, exposure, nowMs);
  }

  /** The viewer has seen an ad that another node decided: counted here unless it was counted somewhere. */
  #shownOfOthers(
    caps: SharedCaps,
    key: string,
    { lineItemId, creativeId, viewer: { identity } }: TokenClaims,
    nowMs: number,
  ): void {
    const item = this.#state()?.index.lineItems.get(lineItemId);
    const { exposures } = this.#counters;
    const exposure = item ? exposures.exposureOf(item, creativeId, identity) : null;
    if (exposure === null) return;
    void caps.shownOfOthers(exposure.identity, key, exposure, nowMs, () =>
      exposures.commitOfOthers(exposure, nowMs),
    );
  }

  #restore(claim: Claim, micros: number, impressions: number): void {
    this.#counters.ledger.restore(claim.money, micros);
    if (claim.count !== null) this.#counters.ledger.restore([claim.count], impressions);
  }
}

const identityOf = ({ identity }: ViewerClaim) => (identity === null ? null : identityText(identity));

const BEGINNINGS = [markOf('impression', false), markOf('start', false)];

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
