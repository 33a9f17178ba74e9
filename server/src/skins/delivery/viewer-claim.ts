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

const FORM = /^(?:([A-Z]{2})|--)([a-z]|-)(?:([a-z])([\w-]{11}))?$/;

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
  const form = FORM.exec(text);
  if (form === null) return NO_VIEWER;
  const [, country = '', device = '', kind, identity] = form;
  const who = { country, deviceType: DEVICES.get(device) ?? '' };
  const identityKind = kind === undefined ? undefined : KINDS.get(kind);
  if (identity === undefined || identityKind === undefined)
    return { ...who, identity: null, identityKind: 'none' };
  const bytes = Buffer.from(identity, 'base64url');
  const high = (bytes.readUInt32BE(0) ^ mask.hi) >>> 0;
  const low = (bytes.readUInt32BE(4) ^ mask.lo) >>> 0;
  return { ...who, identity: [high, low], identityKind };
}

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

/** 64 bits in 16 hex digits, as records of the log have identities. */
export function identityText([high, low]: readonly [number, number]): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
