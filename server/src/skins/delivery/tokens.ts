import { createHash, createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { BoundedCache } from '../../kernel/bounded-cache.ts';
import { otherTag } from '../../kernel/debug-token.ts';
import { type SigningKey, TRACKING_EVENTS, type TrackingEvent } from '../../kernel/delivery-protocol.ts';
import { type Hash64, type SipKey, sipHashText, sipKey } from './viewer/index.ts';
import {
  holdsIdentity,
  NO_VIEWER,
  packViewer,
  unpackPlace,
  unpackViewer,
  type ViewerClaim,
} from './viewer-claim.ts';

/** What a tracking address says; docs/protocols/delivery.md section 6. */
export interface TokenClaims {
  readonly accountId: string;
  readonly decisionId: string;
  readonly position: number;
  readonly creativeId: string;
  readonly lineItemId: string;
  /** Of a verified address, the identity of an impression alone. */
  readonly viewer: ViewerClaim;
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
const EVENT_CODES = TRACKING_EVENTS.map((_, event) => `.${event.toString(36)}.`);
const EVENT_NUMBERS = new Map(TRACKING_EVENTS.map((_, event) => [event.toString(36), event]));
const NO_HEADS = TRACKING_EVENTS.map(() => '');
const TOKEN_PREFIX = 'cuepoint-t2.';
const NO_MASK: Hash64 = { hi: 0, lo: 0 };
type PayloadParts = [string, string, string, string, string, string, string, string];
const PAYLOAD_PARTS = 8;
const VIEWER_PART = 6;
const MAX_TOKEN = 512;
/** What a busy node plays at a time; about a kilobyte each, and at most twice as many. */
const RECENT_ADS = 8192;
/** Every character a token may have: one byte each, so that what is signed is what is read. */
const TOKEN_TEXT = /^[\w.-]+$/;
const FORGED: VerifiedToken = { ok: false, code: 'link.forged' };

/** Signs and checks tracking addresses with the keys of one snapshot. */
export class TokenSigner {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #held: string;
  readonly #digests: ReadonlyMap<string, KeyedDigest>;
  readonly #active: { kid: string; digest: KeyedDigest };
  /** Ads of which an address was genuine lately: the others of the same ad need no digest and no reading. */
  readonly #known = new BoundedCache<string, SignedAd>(RECENT_ADS);
  #lastViewer = NO_VIEWER;
  #lastDecision = '';
  #lastText = '';

  constructor(keys: readonly SigningKey[]) {
    this.#held = spelled(keys);
    this.#keys = new Map(keys.map((key) => [key.kid, createSecretKey(key.secret, 'base64url')]));
    const active = keys.find((key) => key.state === 'active');
    if (!active) throw new Error('no active signing key');
    this.#digests = new Map([...this.#keys].map(([kid, key]) => [kid, new KeyedDigest(key)]));
    this.#active = { kid: active.kid, digest: this.#digests.get(active.kid)! };
  }

  /** The signer of these keys: this one, with what it remembers, while they are its own. */
  with(keys: readonly SigningKey[]): TokenSigner {
    return spelled(keys) === this.#held ? this : new TokenSigner(keys);
  }

  /**
   * The token of every event of one ad, in the order of TRACKING_EVENTS, each behind its own of `heads`: what comes before
   * a token in an address.
   */
  sign(claims: TokenClaims, heads: readonly string[] = NO_HEADS): string[] {
    const { kid, digest: keyed } = this.#active;
    const signed = `${TOKEN_PREFIX}${kid}.${claims.accountId}.${claims.decisionId}.${claims.position}.${claims.creativeId}.${claims.lineItemId}.${this.#viewerText(claims, keyed)}.${expiry(claims.expiresSeconds)}`;
    const digest = keyed.of(signed);
    // Taken from the text that was just written out: one piece in all its addresses, not the seven it was made of.
    const payload = signed.slice(TOKEN_PREFIX.length);
    const adTag = digest.slice(0, AD_TAG_CHARS);
    const tokens: string[] = [];
    for (let event = 0; event < EVENT_CODES.length; event++)
      tokens.push(`${heads[event]}${payload}${EVENT_CODES[event]}${adTag}${eventTag(digest, event)}`);
    return tokens;
  }

  /** Made once for all ads of a decision. */
  #viewerText({ viewer, decisionId }: TokenClaims, keyed: KeyedDigest): string {
    if (viewer !== this.#lastViewer || decisionId !== this.#lastDecision) {
      this.#lastViewer = viewer;
      this.#lastDecision = decisionId;
      this.#lastText = packViewer(viewer, viewer.identity === null ? NO_MASK : keyed.mask(decisionId));
    }
    return this.#lastText;
  }

  /** 192 bits over `text` for another use than an event's, named by `purpose`; undefined for a key that is not held. */
  tagOf(kid: string, purpose: string, text: string): string | undefined {
    const key = this.#keys.get(kid);
    return key && otherTag(key, purpose, text);
  }

  /** Form, key, tag in constant time, then expiry: an unsigned expiry is never believed. */
  verify(token: string, nowSeconds: number): VerifiedToken {
    const tagAt = token.length - TAG_LENGTH;
    const eventAt = token.lastIndexOf('.', tagAt - 2) + 1;
    if (token.length > MAX_TOKEN || eventAt === 0 || token[tagAt - 1] !== '.') return FORGED;
    const event = EVENT_NUMBERS.get(token.slice(eventAt, tagAt - 1));
    if (event === undefined) return FORGED;
    const payload = token.slice(0, eventAt - 1);
    const known = this.#known.get(payload);
    const ad = known ?? this.#read(payload);
    if (ad === undefined) return FORGED;
    const expected = ad.digest.slice(0, AD_TAG_CHARS) + eventTag(ad.digest, event);
    if (!isSameTag(expected, token.slice(tagAt))) return FORGED;
    if (known === undefined) this.#known.set(payload, ad);
    if (ad.claims.expiresSeconds <= nowSeconds) return { ok: false, code: 'link.expired' };
    const name = TRACKING_EVENTS[event]!;
    return { ok: true, claims: name === 'impression' ? this.#withIdentity(ad) : ad.claims, event: name };
  }

  /** What a payload says, to be believed once a tag has shown that it was signed; undefined for one that never was. */
  #read(payload: string): SignedAd | undefined {
    const parts = TOKEN_TEXT.test(payload) ? payload.split('.') : [];
    // Addresses from before there was a viewer in them live on for their hours.
    if (parts.length === PAYLOAD_PARTS - 1) parts.splice(VIEWER_PART, 0, '');
    if (parts.length !== PAYLOAD_PARTS) return undefined;
    const [kid, accountId, decisionId, position, creativeId, lineItemId, viewer, expires] =
      parts as PayloadParts;
    const keyed = this.#digests.get(kid);
    if (!keyed) return undefined;
    const claims = {
      accountId,
      decisionId,
      position: Number(position),
      creativeId,
      lineItemId,
      viewer: unpackPlace(viewer),
      expiresSeconds: Number.parseInt(expires, 36),
    };
    return { digest: keyed.of(`${TOKEN_PREFIX}${payload}`), claims, viewer, keyed };
  }

  /** Reach counts impressions: of other events nobody needs to know whose they are. */
  #withIdentity({ claims, viewer, keyed }: SignedAd): TokenClaims {
    if (!holdsIdentity(viewer)) return claims;
    return { ...claims, viewer: unpackViewer(viewer, keyed.mask(claims.decisionId)) };
  }
}

/** What all addresses of an ad have in common. */
interface SignedAd {
  readonly digest: string;
  /** Without the identity. */
  readonly claims: TokenClaims;
  readonly viewer: string;
  readonly keyed: KeyedDigest;
}

const spelled = (keys: readonly SigningKey[]): string =>
  keys.map(({ kid, secret, state }) => `${kid} ${secret} ${state}`).join();

const EXPECTED_TAG = Buffer.alloc(TAG_LENGTH);
const GIVEN_TAG = Buffer.alloc(TAG_LENGTH);

/** In constant time. A character of more than one byte is in no tag, and leaves no room for the rest. */
function isSameTag(expected: string, given: string): boolean {
  EXPECTED_TAG.write(expected, 'latin1');
  if (Buffer.byteLength(given) !== TAG_LENGTH) return false;
  GIVEN_TAG.write(given, 'latin1');
  return timingSafeEqual(EXPECTED_TAG, GIVEN_TAG);
}

let lastExpiry = Number.NaN;
let lastExpiryText = '';

/** Many addresses expire in the same second. */
function expiry(seconds: number): string {
  if (seconds !== lastExpiry) {
    lastExpiry = seconds;
    lastExpiryText = seconds.toString(36);
  }
  return lastExpiryText;
}

function eventTag(digest: string, event: number): string {
  const at = AD_TAG_CHARS + event * EVENT_TAG_CHARS;
  return digest.slice(at, at + EVENT_TAG_CHARS);
}

/**
 * HMAC-SHA-512 (RFC 2104) of ASCII text under one key, from two one-shot hashes: a third faster than a `Hmac` object, and
 * every ad takes one. Texts are at most 512 characters, as tokens are.
 */
class KeyedDigest {
  readonly #inner = Buffer.alloc(BLOCK_BYTES + MAX_TEXT, 0);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0);
  readonly #maskKey: SipKey;

  constructor(key: KeyObject) {
    this.#maskKey = sipKey(createHmac('sha256', key).update('cuepoint-viewer 1').digest());
    let secret = key.export();
    if (secret.length > BLOCK_BYTES) secret = createHash('sha512').update(secret).digest();
    for (let at = 0; at < BLOCK_BYTES; at++) {
      const byte = secret[at] ?? 0;
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** What hides the viewer's identity in the addresses of one decision. */
  mask(decisionId: string): Hash64 {
    return sipHashText(this.#maskKey, decisionId);
  }

  /** @throws RangeError for a longer text */
  of(text: string): string {
    if (text.length > MAX_TEXT)
      throw new RangeError(`a text of ${text.length} characters is too long to sign`);
    const end = BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES, 'latin1');
    this.#outer.write(hash('sha512', this.#inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha512', this.#outer, 'base64url');
  }
}

const BLOCK_BYTES = 128;
const DIGEST_BYTES = 64;
const MAX_TEXT = 600;
