import { BitReader, isBase64Url } from './bits.ts';

/** Longest TC string that is looked at, in characters; strings in the wild stay below half of it. */
export const MAX_TC_LENGTH = 8192;

/** A publisher's restriction of one purpose for our vendor (TCF v2, RestrictionType). */
export type PublisherRestriction = 'not_allowed' | 'require_consent' | 'require_legitimate_interest';

/** What a TC string says, as far as a decision needs it. */
export interface TcString {
  readonly cmpId: number;
  readonly policyVersion: number;
  /** ISO 3166-1 alpha-2 of the publisher's jurisdiction, in upper case. */
  readonly publisherCountry: string;
  /** Bit n-1 is purpose n. */
  readonly purposesConsent: number;
  readonly purposesLegitimateInterest: number;
  /** Bit n-1 is special feature n. */
  readonly specialFeatures: number;
  /** About the vendor that was asked for; all false when none was. */
  readonly vendorConsent: boolean;
  readonly vendorLegitimateInterest: boolean;
  /** Null when the string has no DisclosedVendors segment, which TCF 2.2 did not demand. */
  readonly vendorDisclosed: boolean | null;
  /** By purpose, for the vendor that was asked for. */
  readonly restrictions: ReadonlyMap<number, PublisherRestriction>;
}

export type TcStringProblem =
  /** Not a TC string: wrong alphabet, cut off, or longer than MAX_TC_LENGTH. */
  | 'malformed'
  /** Version 1, or one that is not known yet. */
  | 'unsupported_version'
  /** TcfPolicyVersion below 4: "deemed invalid" after 30 September 2023 (specification, "Managing conflicting string versions"). */
  | 'outdated_policy';

export type DecodedTcString =
  | { readonly ok: true; readonly value: TcString }
  | { readonly ok: false; readonly problem: TcStringProblem };

const RESTRICTIONS: readonly PublisherRestriction[] = [
  'not_allowed',
  'require_consent',
  'require_legitimate_interest',
];
const OLDEST_POLICY = 4;

/**
 * Reads a TC string of TCF v2.x (IAB Tech Lab, "Consent string and vendor list formats v2", TC String Format). Work is
 * bounded by the length of the text; nothing is thrown. `vendorId` is our id in the Global Vendor List, or null.
 */
export function decodeTcString(text: string, vendorId: number | null): DecodedTcString {
  if (text.length > MAX_TC_LENGTH) return refuse('malformed');
  const dot = text.indexOf('.');
  const coreEnd = dot < 0 ? text.length : dot;
  if (coreEnd === 0 || !isBase64Url(text, 0, coreEnd)) return refuse('malformed');
  const core = new BitReader(text, 0, coreEnd);
  if (core.take(6) !== 2) return refuse('unsupported_version');
  core.skip(72); // Created, LastUpdated
  const cmpId = core.take(12);
  core.skip(42); // CmpVersion, ConsentScreen, ConsentLanguage, VendorListVersion
  const policyVersion = core.take(6);
  core.skip(2); // IsServiceSpecific, UseNonStandardTexts
  const specialFeatures = reversed(core.take(12), 12);
  const purposesConsent = reversed(core.take(24), 24);
  const purposesLegitimateInterest = reversed(core.take(24), 24);
  core.skip(1); // PurposeOneTreatment
  const publisherCountry = String.fromCharCode(65 + core.take(6), 65 + core.take(6));
  const vendorConsent = holdsVendor(core, vendorId);
  const vendorLegitimateInterest = holdsVendor(core, vendorId);
  const restrictions = readRestrictions(core, vendorId);
  if (core.isBroken) return refuse('malformed');
  if (policyVersion < OLDEST_POLICY) return refuse('outdated_policy');
  const vendorDisclosed = readDisclosed(text, dot, vendorId);
  if (vendorDisclosed === undefined) return refuse('malformed');
  return {
    ok: true,
    value: {
      cmpId,
      policyVersion,
      publisherCountry,
      purposesConsent,
      purposesLegitimateInterest,
      specialFeatures,
      vendorConsent,
      vendorLegitimateInterest,
      vendorDisclosed,
      restrictions,
    },
  };
}

const refuse = (problem: TcStringProblem): DecodedTcString => ({ ok: false, problem });

/** Purpose n as bit n-1: the string counts from the left. */
function reversed(bits: number, width: number): number {
  let result = 0;
  for (let index = 0; index < width; index++) if ((bits >> (width - 1 - index)) & 1) result |= 1 << index;
  return result;
}

/** Reads a vendor section, bit field or ranges, and says whether it holds the vendor. */
function holdsVendor(reader: BitReader, vendorId: number | null): boolean {
  const maxId = reader.take(16);
  if (reader.take(1) === 1) return rangesHold(reader, vendorId);
  if (vendorId === null || vendorId > maxId) {
    reader.skip(maxId);
    return false;
  }
  reader.skip(vendorId - 1);
  const isHeld = reader.take(1) === 1;
  reader.skip(maxId - vendorId);
  return isHeld;
}

function rangesHold(reader: BitReader, vendorId: number | null): boolean {
  const entries = reader.take(12);
  let isHeld = false;
  for (let entry = 0; entry < entries && !reader.isBroken; entry++) {
    const isRange = reader.take(1) === 1;
    const first = reader.take(16);
    const last = isRange ? reader.take(16) : first;
    // "Inclusive contiguous ascending-order": a range that runs backwards, or an id 0, is no writer's doing.
    if (first === 0 || last < first) reader.isBroken = true;
    else if (vendorId !== null && vendorId >= first && vendorId <= last) isHeld = true;
  }
  return isHeld;
}

const NO_RESTRICTIONS: ReadonlyMap<number, PublisherRestriction> = new Map();

function readRestrictions(
  reader: BitReader,
  vendorId: number | null,
): ReadonlyMap<number, PublisherRestriction> {
  const count = reader.take(12);
  let found: Map<number, PublisherRestriction> | undefined;
  for (let index = 0; index < count && !reader.isBroken; index++) {
    const purpose = reader.take(6);
    const kind = RESTRICTIONS[reader.take(2)];
    if (!rangesHold(reader, vendorId) || kind === undefined) continue;
    found ??= new Map();
    // Two restrictions of one purpose: the harder one stands.
    if (found.get(purpose) !== 'not_allowed') found.set(purpose, kind);
  }
  return found ?? NO_RESTRICTIONS;
}

/** DisclosedVendors (segment type 1) among the segments after the core; undefined when a segment is malformed. */
function readDisclosed(text: string, dot: number, vendorId: number | null): boolean | null | undefined {
  let disclosed: boolean | null = null;
  let from = dot < 0 ? text.length : dot + 1;
  while (dot >= 0 && from <= text.length) {
    const next = text.indexOf('.', from);
    const to = next < 0 ? text.length : next;
    if (to === from || !isBase64Url(text, from, to)) return undefined;
    const segment = new BitReader(text, from, to);
    if (segment.take(3) === 1) {
      disclosed = holdsVendor(segment, vendorId);
      if (segment.isBroken) return undefined;
    }
    from = to + 1;
  }
  return disclosed;
}
