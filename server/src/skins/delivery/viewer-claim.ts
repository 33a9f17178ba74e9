import type { DeviceType } from '@cuepoint/decisioning';
import type { DecisionRequest } from '../../kernel/delivery-protocol.ts';
import type { Hash64 } from './viewer/index.ts';

/** What a tracking address says of the viewer, so that reports know it wherever and whenever its events arrive. */
export interface ViewerClaim {
  /** ISO 3166-1 alpha-2; empty when it is not known. */
  readonly country: string;
  /** A word of DEVICE_TYPES; empty when it is not known. */
  readonly deviceType: string;
  /** Whom the exposure counts for, as in the decision's record; null where nobody can be told apart or kept. */
  readonly identity: readonly [high: number, low: number] | null;
  readonly identityKind: DecisionRequest['identityKind'];
}

export const NO_VIEWER: ViewerClaim = { country: '', deviceType: '', identity: null, identityKind: 'none' };

/** Letters of device types in addresses: never change the letter of a word, addresses live for hours. */
const DEVICE_LETTERS: Readonly<Record<Exclude<DeviceType, 'unknown'>, string>> = {
  ctv: 'v',
  console: 'g',
  set_top_box: 's',
  tablet: 't',
  phone: 'p',
  desktop: 'd',
  bot: 'b',
};
const KIND_LETTERS: Readonly<Record<Exclude<ViewerClaim['identityKind'], 'none'>, string>> = {
  ifa: 'i',
  supplied: 'u',
  household: 'h',
  session: 's',
};
const DEVICES = new Map(Object.entries(DEVICE_LETTERS).map(([type, letter]) => [letter, type]));
const KINDS = new Map(
  Object.entries(KIND_LETTERS).map(([kind, letter]) => [letter, kind as keyof typeof KIND_LETTERS]),
);

const PLACE = /^(?:([A-Z]{2})|--)([a-z]|-)$/;
const IDENTITY = /^[a-z][\w-]{11}$/;

/**
 * Country in two characters, device type in one; then, when there is an identity, what it was made from in one and its 64
 * bits in 11 of base64url, each bit turned where `mask` has one. Empty when nothing is known.
 *
 * @param mask as good as random for who lacks the key, and another one for each decision: so the addresses of a viewer
 *   have nothing in common, and no third party that sees them can tell that it is the same viewer
 */
export function packViewer(
  { country, deviceType, identity, identityKind }: ViewerClaim,
  mask: Hash64,
): string {
  const device = DEVICE_LETTERS[deviceType as keyof typeof DEVICE_LETTERS] ?? '-';
  const place = `${country === '' ? '--' : country}${device}`;
  if (identity === null || identityKind === 'none') return place === '---' ? '' : place;
  return place + KIND_LETTERS[identityKind] + bits(identity[0] ^ mask.hi, identity[1] ^ mask.lo);
}

/** What `packViewer` packed; nobody for what it cannot have written. */
export function unpackViewer(text: string, mask: Hash64): ViewerClaim {
  const place = unpackPlace(text);
  if (place === NO_VIEWER || !holdsIdentity(text)) return place;
  if (!IDENTITY.test(text.slice(PLACE_CHARS))) return NO_VIEWER;
  const identityKind = KINDS.get(text[PLACE_CHARS]!);
  if (identityKind === undefined) return place;
  const [high, low] = numbers(text, PLACE_CHARS + 1);
  const identity = [(high ^ mask.hi) >>> 0, (low ^ mask.lo) >>> 0] as const;
  return { country: place.country, deviceType: place.deviceType, identity, identityKind };
}

/** By their three characters: there are few, and every pixel has one. */
const places = new Map<string, ViewerClaim>();

/** Country and device of what `packViewer` packed, and nobody: most events need no more, and it takes no mask. */
export function unpackPlace(text: string): ViewerClaim {
  const head = text.slice(0, PLACE_CHARS);
  let place = places.get(head);
  if (place === undefined) {
    const form = PLACE.exec(head);
    place =
      form === null
        ? NO_VIEWER
        : { ...NO_VIEWER, country: form[1] ?? '', deviceType: DEVICES.get(form[2]!) ?? '' };
    if (places.size < MOST_PLACES) places.set(head, place);
  }
  return place;
}
/** Every country with every device. */
const MOST_PLACES = 10_000;

/** Whether a packed text holds an identity, which takes a mask to read. */
export const holdsIdentity = (text: string): boolean => text.length > PLACE_CHARS;
const PLACE_CHARS = 3;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const PAIRS = Array.from({ length: 4096 }, (_, at) => ALPHABET[at >> 6]! + ALPHABET[at & 63]!);

/** 64 bits in base64url (RFC 4648 section 5), without padding. */
function bits(high: number, low: number): string {
  return (
    PAIRS[high >>> 20]! +
    PAIRS[(high >>> 8) & 4095]! +
    PAIRS[((high & 255) << 4) | (low >>> 28)]! +
    PAIRS[(low >>> 16) & 4095]! +
    PAIRS[(low >>> 4) & 4095]! +
    ALPHABET[(low & 15) << 2]!
  );
}

const VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, ALPHABET.indexOf(String.fromCharCode(code))),
);

/** The 64 bits that eleven characters of base64url hold, from a position of a text. */
function numbers(text: string, at: number): readonly [high: number, low: number] {
  const value = (index: number) => VALUES[text.charCodeAt(at + index)]!;
  const middle = value(5);
  const high =
    (value(0) << 26) |
    (value(1) << 20) |
    (value(2) << 14) |
    (value(3) << 8) |
    (value(4) << 2) |
    (middle >> 4);
  const low =
    (middle << 28) |
    (value(6) << 22) |
    (value(7) << 16) |
    (value(8) << 10) |
    (value(9) << 4) |
    (value(10) >> 2);
  return [high, low];
}

/** 64 bits in 16 hex digits, as records of the log have identities. */
export function identityText([high, low]: readonly [number, number]): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
