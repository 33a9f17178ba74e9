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

/** 128 bits as hex digits: as text there is exactly one spelling of a tag. */
const TAG_LENGTH = 32;
const TAGS_PER_DIGEST = 4;
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
    const tokens: string[] = [];
    let digest = '';
    for (let event = 0; event < TRACKING_EVENTS.length; event++) {
      const part = event % TAGS_PER_DIGEST;
      if (part === 0) digest = digestOf(key, payload, event / TAGS_PER_DIGEST);
      tokens.push(
        `${payload}.${event.toString(36)}.${digest.slice(part * TAG_LENGTH, (part + 1) * TAG_LENGTH)}`,
      );
    }
    return tokens;
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
    const part = event % TAGS_PER_DIGEST;
    const expected = digestOf(key, payload, Math.floor(event / TAGS_PER_DIGEST)).slice(
      part * TAG_LENGTH,
      (part + 1) * TAG_LENGTH,
    );
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

function digestOf(key: KeyObject, payload: string, group: number): string {
  return createHmac('sha512', key).update(`cuepoint-t1.${payload}.${group}`).digest('hex');
}
