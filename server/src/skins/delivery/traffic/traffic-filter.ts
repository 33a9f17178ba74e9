import {
  INVALID_TRAFFIC,
  type InvalidTraffic,
  type TrackingEvent,
} from '../../../kernel/delivery-protocol.ts';
import { decisionSecond } from '../decision-id.ts';
import type { PlayerRequest } from '../listener/exchange.ts';
import type { TokenClaims } from '../tokens.ts';
import type { Address } from '../viewer/address.ts';
import type { ViewerReader } from '../viewer/index.ts';
import { sipHashText } from '../viewer/siphash.ts';
import type { AddressRanges } from './address-ranges.ts';
import { Rates } from './rates.ts';
import { type KnownAgent, RobotAgents } from './robot-agents.ts';

/** What a filter looks things up in. */
export interface TrafficSources {
  readonly viewers: ViewerReader;
  /** Hosting ranges in use; null when the operator named none. */
  readonly hosting: () => AddressRanges | null;
  /** Length of a creative in ms; undefined when it is not known. */
  readonly durationMs: (creativeId: string) => number | undefined;
  /** Whether an ad's impression or start has come. */
  readonly hasBegun: (claims: TokenClaims) => boolean;
}

/** Of one address and agent within a minute: what a house full of screens can play, and no more. */
const MOST_A_MINUTE: Partial<Readonly<Record<TrackingEvent, number>>> = {
  impression: 120,
  start: 120,
  click: 30,
};
/** How much of an ad has played. */
const PLAYED: Partial<Readonly<Record<TrackingEvent, number>>> = {
  firstQuartile: 0.25,
  midpoint: 0.5,
  thirdQuartile: 0.75,
  complete: 1,
};
/** Players round, seconds of a decision are whole, and clocks of two nodes may differ by one. */
const SPEED_SHARE = 0.9;
const SPEED_SLACK_MS = 2000;
const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

/** Tells events of viewers from general invalid traffic. Decides by what one node sees; stores nothing. */
export class TrafficFilter {
  readonly #sources: TrafficSources;
  readonly #checks: ReadonlySet<InvalidTraffic>;
  readonly #agents = new RobotAgents();
  readonly #rates = new Rates();

  /** @param checks those that are made; all of them when absent */
  constructor(sources: TrafficSources, checks: readonly InvalidTraffic[] = INVALID_TRAFFIC) {
    this.#sources = sources;
    this.#checks = new Set(checks);
  }

  /**
   * Why an event does not count as a viewer's; null when it does.
   *
   * A call to the API comes from a server by its nature: its agent and address are looked at only when a named proxy
   * states those of a device.
   */
  reasonOf(
    request: PlayerRequest,
    claims: TokenClaims,
    event: TrackingEvent,
    source: 'pixel' | 'api' | 'click',
    nowMs: number,
  ): InvalidTraffic | null {
    const checks = this.#checks;
    if (checks.size === 0) return null;
    if (checks.has('prefetch') && isPrefetch(request)) return 'prefetch';
    const asker = this.#sources.viewers.proxies.ask(request);
    const statedAgent = asker.isPeerTrusted ? request.headers['x-device-user-agent'] : undefined;
    const isServersOwn = source === 'api' && statedAgent === undefined;
    const agent = typeof statedAgent === 'string' ? statedAgent : (request.headers['user-agent'] ?? '');
    if (!isServersOwn) {
      const known = this.#agents.read(agent, () =>
        this.#sources.viewers.device(request, asker.isPeerTrusted, undefined),
      );
      if (known.reason !== null && checks.has(known.reason)) return known.reason;
      const address = this.#addressOf(request, asker);
      if (address !== null) {
        if (checks.has('data_center') && this.#sources.hosting()?.holds(address)) return 'data_center';
        if (checks.has('excessive_rate') && this.#isTooOften(event, address, known, nowMs))
          return 'excessive_rate';
      }
    }
    return this.#timing(claims, event, nowMs);
  }

  /** The viewer's, as far as it is known: a named proxy that does not say for whom it asks is nobody's household. */
  #addressOf(request: PlayerRequest, asker: ReturnType<ViewerReader['proxies']['ask']>): Address | null {
    if (!asker.isAskerTrusted) return asker.address;
    const stated = request.headers['x-device-ip'];
    return typeof stated === 'string' ? this.#sources.viewers.proxies.address(stated.trim()) : null;
  }

  #isTooOften(event: TrackingEvent, address: Address, agent: KnownAgent, nowMs: number): boolean {
    const most = MOST_A_MINUTE[event];
    if (most === undefined) return false;
    const [first, second] = address.words;
    // Of an IPv6 address the /64 that a household has. Hashed, as whatever names a viewer is.
    const household = address.family === 4 ? `${first}` : `${first}:${second}`;
    const { hi, lo } = sipHashText(this.#sources.viewers.keys.id, `${event} ${household} ${agent.number}`);
    return this.#rates.count(`${hi} ${lo}`, nowMs) > most;
  }

  #timing(claims: TokenClaims, event: TrackingEvent, nowMs: number): InvalidTraffic | null {
    const played = PLAYED[event];
    if (played === undefined) return null;
    if (this.#checks.has('impossible_order') && !this.#sources.hasBegun(claims)) return 'impossible_order';
    if (!this.#checks.has('impossible_speed')) return null;
    const durationMs = this.#sources.durationMs(claims.creativeId);
    if (durationMs === undefined) return null;
    const sinceMs = nowMs - decisionSecond(claims.decisionId) * 1000;
    return sinceMs < durationMs * played * SPEED_SHARE - SPEED_SLACK_MS ? 'impossible_speed' : null;
  }
}

/** Chromium says `Sec-Purpose: prefetch;prerender`, Safari and older ones `Purpose` or `X-Purpose`, Firefox `X-Moz`. */
function isPrefetch({ headers }: PlayerRequest): boolean {
  for (const name of PREFETCH_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string' && /prefetch|prerender|preview/i.test(value)) return true;
  }
  return false;
}
