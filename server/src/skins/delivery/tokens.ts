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
 * A tag is 192 bits, 32 characters of base64url with no bit to spare, so it has exactly one spelling: 144 bits shared by
 * the events of one ad and 48 of the event's own, disjoint parts of HMAC-SHA-512. Thirteen tags cost two calls.
 */
const AD_TAG_CHARS = 24;
const EVENT_TAG_CHARS = 8;
const TAG_LENGTH = AD_TAG_CHARS + EVENT_TAG_CHARS;
/** Events whose own part lies in the first digest, behind the ad's part. */
const FIRST_DIGEST_EVENTS = 7;
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
    const first = digestOf(key, payload, 0);
    const second = digestOf(key, payload, 1);
    const adTag = first.slice(0, AD_TAG_CHARS);
    return TRACKING_EVENTS.map(
      (_, event) => `${payload}.${event.toString(36)}.${adTag}${eventTag(first, second, event)}`,
    );
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
    const first = digestOf(key, payload, 0);
    const second = event < FIRST_DIGEST_EVENTS ? '' : digestOf(key, payload, 1);
    const expected = first.slice(0, AD_TAG_CHARS) + eventTag(first, second, event);
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
    .slice(0, TAG_LENGTH);
}

function eventTag(first: string, second: string, event: number): string {
  const isFirst = event < FIRST_DIGEST_EVENTS;
  const at = isFirst
    ? AD_TAG_CHARS + event * EVENT_TAG_CHARS
    : (event - FIRST_DIGEST_EVENTS) * EVENT_TAG_CHARS;
  return (isFirst ? first : second).slice(at, at + EVENT_TAG_CHARS);
}

function digestOf(key: KeyObject, payload: string, part: 0 | 1): string {
  return createHmac('sha512', key).update(`cuepoint-t1.${part}.${payload}`).digest('base64url');
}
