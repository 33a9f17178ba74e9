import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type SigningKey, TRACKING_EVENTS, type TrackingEvent } from '../../kernel/delivery-protocol.ts';

/** What a tracking address says; docs/protocols/delivery.md section 6. */
export interface TokenClaims {
  readonly accountId: string;
  readonly decisionId: string;
  readonly position: number;
  readonly creativeId: string;
  readonly lineItemId: string;
  /** Seconds since 1970. */
  readonly expiresSeconds: number;
}

export type VerifiedToken =
  | { readonly ok: true; readonly claims: TokenClaims; readonly event: TrackingEvent }
  | { readonly ok: false; readonly code: 'link.forged' | 'link.expired' };

/**
 * A tag is 150 bits, 25 characters of base64url with no bit to spare, so it has exactly one spelling: 120 bits shared by the
 * events of one ad and 30 of the event's own, disjoint parts of one HMAC-SHA-512. Thirteen tags cost one call.
 */
const AD_TAG_CHARS = 20;
const EVENT_TAG_CHARS = 5;
const TAG_LENGTH = AD_TAG_CHARS + EVENT_TAG_CHARS;
const OTHER_TAG_LENGTH = 32;
const EVENT_CODES = TRACKING_EVENTS.map((_, event) => event.toString(36));
const FORGED: VerifiedToken = { ok: false, code: 'link.forged' };

/** Signs and checks tracking addresses with the keys of one snapshot. */
export class TokenSigner {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #active: { kid: string; key: KeyObject };

  constructor(keys: readonly SigningKey[]) {
    this.#keys = new Map(keys.map((key) => [key.kid, createSecretKey(key.secret, 'base64url')]));
    const active = keys.find((key) => key.state === 'active');
    if (!active) throw new Error('no active signing key');
    this.#active = { kid: active.kid, key: this.#keys.get(active.kid)! };
  }

  /** The token of every event of one ad, in the order of TRACKING_EVENTS. */
  sign(claims: TokenClaims): string[] {
    const { kid, key } = this.#active;
    const payload = `${kid}.${claims.accountId}.${claims.decisionId}.${claims.position}.${claims.creativeId}.${claims.lineItemId}.${claims.expiresSeconds.toString(36)}`;
    const digest = digestOf(key, payload);
    const adTag = digest.slice(0, AD_TAG_CHARS);
    const tokens: string[] = [];
    for (let event = 0; event < EVENT_CODES.length; event++)
      tokens.push(`${payload}.${EVENT_CODES[event]}.${adTag}${eventTag(digest, event)}`);
    return tokens;
  }

  /** 192 bits over `text` for another use than an event's, named by `purpose`; undefined for a key that is not held. */
  tagOf(kid: string, purpose: string, text: string): string | undefined {
    const key = this.#keys.get(kid);
    return key && otherTag(key, purpose, text);
  }

  /** Form, key, tag in constant time, then expiry: an unsigned expiry is never believed. */
  verify(token: string, nowSeconds: number): VerifiedToken {
    const parts = token.length <= 512 ? token.split('.') : [];
    if (parts.length !== 9) return FORGED;
    const [kid, accountId, decisionId, position, creativeId, lineItemId, expires, eventCode, tag] = parts as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const key = this.#keys.get(kid);
    const event = Number.parseInt(eventCode, 36);
    const name = TRACKING_EVENTS[event];
    if (!key || name === undefined || event.toString(36) !== eventCode || tag.length !== TAG_LENGTH)
      return FORGED;
    const payload = token.slice(0, token.length - TAG_LENGTH - eventCode.length - 2);
    const digest = digestOf(key, payload);
    const expected = digest.slice(0, AD_TAG_CHARS) + eventTag(digest, event);
    const given = Buffer.from(tag, 'utf8');
    if (given.length !== TAG_LENGTH || !timingSafeEqual(Buffer.from(expected, 'utf8'), given)) return FORGED;
    const expiresSeconds = Number.parseInt(expires, 36);
    if (expiresSeconds <= nowSeconds) return { ok: false, code: 'link.expired' };
    const claims = {
      accountId,
      decisionId,
      position: Number(position),
      creativeId,
      lineItemId,
      expiresSeconds,
    };
    return { ok: true, claims, event: name };
  }
}

/** What `tagOf` gives, for a holder of the key itself. */
export function otherTag(key: KeyObject, purpose: string, text: string): string {
  return createHmac('sha512', key)
    .update(`cuepoint-${purpose}.${text}`)
    .digest('base64url')
    .slice(0, OTHER_TAG_LENGTH);
}

function eventTag(digest: string, event: number): string {
  const at = AD_TAG_CHARS + event * EVENT_TAG_CHARS;
  return digest.slice(at, at + EVENT_TAG_CHARS);
}

function digestOf(key: KeyObject, payload: string): string {
  return createHmac('sha512', key).update(`cuepoint-t2.${payload}`).digest('base64url');
}
