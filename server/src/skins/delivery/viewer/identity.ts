import { createHmac, randomBytes } from 'node:crypto';
import type { DropReason, PrivacyDecision, Use } from '@cuepoint/consent';
import type { Address } from './address.ts';
import { type Hash64, type SipKey, sipHashText, sipKey } from './siphash.ts';

/** What an identity stands on, best first. */
export const IDENTITY_KINDS = ['ifa', 'supplied', 'household', 'session', 'none'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** A better identity that was not used. `absent`: not given; `unusable`: given, and no id (all zeros, wrong characters). */
export interface PassedOver {
  readonly kind: Exclude<IdentityKind, 'none'>;
  readonly why: 'absent' | 'unusable' | DropReason;
}

/** Whom frequency caps count, as a keyed 64-bit hash; both halves 0 for `none` and for nothing else. */
export interface Identity {
  readonly kind: IdentityKind;
  readonly hi: number;
  readonly lo: number;
  readonly passedOver: readonly PassedOver[];
}

export interface IdentitySignals {
  /** Part of every hash: no two accounts can join what they count. */
  readonly accountId: string;
  readonly ifa?: string | undefined;
  /** The publisher's own id of the viewer. */
  readonly suppliedId?: string | undefined;
  /** The id of this stream or viewing session. */
  readonly sessionId?: string | undefined;
  readonly address: Address | null;
  /** Kind of device within a household, e.g. type, system and maker. */
  readonly deviceFamily: string;
}

/**
 * Keys of the hashes, from one secret of the operator. Nodes that share counters share the secret; without it no hash
 * leads back to an id, not even by trying all of them.
 */
export class IdentityKeys {
  readonly id: SipKey;
  readonly #secret: Uint8Array;
  #households: { readonly day: number; readonly key: SipKey }[] = [];

  /** @throws when the secret is shorter than 16 bytes. */
  constructor(secret: string | Uint8Array) {
    this.#secret = typeof secret === 'string' ? Buffer.from(secret) : secret;
    if (this.#secret.length < 16)
      throw new RangeError(
        `The secret of identities has ${this.#secret.length} bytes; at least 16 are needed.`,
      );
    this.id = this.#derive('identity 1');
  }

  /** Keys that live as long as this process: caps start over with it, and nothing can be shared. */
  static random(): IdentityKeys {
    return new IdentityKeys(randomBytes(32));
  }

  /** The household key of a day (UTC days since 1970): tomorrow's hashes have nothing in common with today's. */
  household(dayNumber: number): SipKey {
    const known = this.#households.find(({ day }) => day === dayNumber);
    if (known) return known.key;
    const key = this.#derive(`household 1 ${dayNumber}`);
    this.#households = [{ day: dayNumber, key }, ...this.#households.slice(0, 1)];
    return key;
  }

  #derive(purpose: string): SipKey {
    return sipKey(createHmac('sha256', this.#secret).update(purpose).digest());
  }
}

const ID = /^[\x21-\x7e]{4,256}$/;
/** What devices send instead of an id when the viewer limited tracking, and other fillers. */
const NO_ID = /^(?:[0-]+|null|undefined|none|unknown|n\/a|optout)$/i;

/** True for what can be an id: 4 to 256 printable characters that are no filler. */
export const isUsableId = (id: string): boolean => ID.test(id) && !NO_ID.test(id);

/**
 * The identity for frequency caps, in the order of what a television can offer: advertising id, the publisher's id,
 * household, session, none. What privacy forbids is not looked at. An id counts in any case of letters, since platforms
 * differ in how they write the same one.
 */
export function identityOf(
  signals: IdentitySignals,
  privacy: PrivacyDecision,
  keys: IdentityKeys,
  dayNumber: number,
): Identity {
  const passedOver: PassedOver[] = [];
  const { accountId, ifa, suppliedId, sessionId, address } = signals;
  if (may(privacy, 'ifa', 'ifa', ifa, passedOver))
    return hashed('ifa', keys.id, `${accountId}\n1${ifa!.toLowerCase()}`, passedOver);
  if (may(privacy, 'supplied', 'supplied_id', suppliedId, passedOver))
    return hashed('supplied', keys.id, `${accountId}\n2${suppliedId}`, passedOver);
  const household = address === null ? undefined : networkOf(address);
  if (may(privacy, 'household', 'household', household, passedOver)) {
    const text = `${accountId}\n3${household}\n${signals.deviceFamily}`;
    return hashed('household', keys.household(dayNumber), text, passedOver);
  }
  if (may(privacy, 'session', 'session', sessionId, passedOver))
    return hashed('session', keys.id, `${accountId}\n4${sessionId}`, passedOver);
  return { kind: 'none', hi: 0, lo: 0, passedOver };
}

/** Hash of a viewing session, the same one that stands for a viewer without any other id; null when it may not be used. */
export function sessionOf(
  accountId: string,
  sessionId: string | undefined,
  privacy: PrivacyDecision,
  keys: IdentityKeys,
): Hash64 | null {
  return sessionId !== undefined && privacy.uses.session && isUsableId(sessionId)
    ? hashed('session', keys.id, `${accountId}\n4${sessionId}`, NOTHING_PASSED)
    : null;
}

/**
 * The hash that an id of the viewer has in the records of an account, the same one that `identityOf` makes; null when it
 * is no id.
 */
export function hashOfId(
  kind: 'ifa' | 'supplied' | 'session',
  accountId: string,
  id: string,
  keys: IdentityKeys,
): Hash64 | null {
  if (!isUsableId(id)) return null;
  const text = { ifa: `1${id.toLowerCase()}`, supplied: `2${id}`, session: `4${id}` }[kind];
  return hashed(kind, keys.id, `${accountId}\n${text}`, NOTHING_PASSED);
}

const NOTHING_PASSED: readonly PassedOver[] = [];

/** True when the id may be used and is one; otherwise notes why not. */
function may(
  privacy: PrivacyDecision,
  kind: PassedOver['kind'],
  use: Use,
  id: string | undefined,
  passedOver: PassedOver[],
): boolean {
  if (id === undefined) {
    passedOver.push(note(kind, 'absent'));
    return false;
  }
  const isLasting = kind !== 'session';
  if (!privacy.uses[use] || (isLasting && !privacy.uses.profile_caps)) {
    const refused = privacy.uses[use] ? 'profile_caps' : use;
    passedOver.push(note(kind, privacy.dropped.find(({ what }) => what === refused)?.why ?? 'unusable'));
    return false;
  }
  // A household is ours to write, and short.
  if (kind !== 'household' && !isUsableId(id)) {
    passedOver.push(note(kind, 'unusable'));
    return false;
  }
  return true;
}

/** One object for each note there is: they are declared, hence few. */
const NOTES: Readonly<Record<PassedOver['kind'], Map<PassedOver['why'], PassedOver>>> = {
  ifa: new Map(),
  supplied: new Map(),
  household: new Map(),
  session: new Map(),
};

function note(kind: PassedOver['kind'], why: PassedOver['why']): PassedOver {
  let found = NOTES[kind].get(why);
  if (found === undefined) {
    found = Object.freeze({ kind, why });
    NOTES[kind].set(why, found);
  }
  return found;
}

/** An IPv4 address as it is, of an IPv6 address the /64 that a household has: the rest changes by device and hour. */
const networkOf = ({ family, words }: Address): string =>
  family === 4 ? words[0].toString(36) : `${words[0].toString(36)}:${words[1].toString(36)}`;

function hashed(kind: IdentityKind, key: SipKey, text: string, passedOver: readonly PassedOver[]): Identity {
  const { hi, lo } = sipHashText(key, text);
  // Two zeros mean nobody.
  return { kind, hi, lo: hi === 0 && lo === 0 ? 1 : lo, passedOver };
}
