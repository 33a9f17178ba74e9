import { decodeGpp, readSectionIds } from './gpp.ts';
import type { PrivacyDecision, PrivacyPolicy, PrivacySignals } from './model.ts';
import { readTcf } from './read-tcf.ts';
import { readUsPrivacy, readUsSection } from './read-us.ts';
import { PERSONAL, Tally } from './tally.ts';
import { FIRST_US_SECTION, LAST_US_SECTION } from './us-sections.ts';

const TCF_EU_SECTION = 2;
const US_PRIVACY_SECTION = 6;

/** Nothing was said, and nothing is presumed. */
export const UNRESTRICTED: PrivacyDecision = new Tally().decide(false);

/**
 * What the signals of one request let an ad server use under an account's policy. Pure and total: any text gives a
 * decision, none an error. Every signal can only take away, so several of them add up to the strictest, and one that
 * cannot be read takes away all that it could have granted. The session stays: its id names a stream, not a person.
 * How each signal is read, and by which source, is in the README.
 */
export function readPrivacy(signals: PrivacySignals, policy: PrivacyPolicy): PrivacyDecision {
  const tally = new Tally();
  readFlag(signals.coppa, 'coppa', tally);
  readFlag(signals.lmt, 'lmt', tally);
  if (signals.gpc?.trim() === '1') tally.drop(PERSONAL, 'gpc', 'sec-gpc');
  if (signals.usPrivacy !== undefined) readUsPrivacy(signals.usPrivacy, 'us_privacy', policy, tally);
  const gppHeldTcf = readGpp(signals, policy, tally);
  const gdprApplies = readGdpr(signals, policy, gppHeldTcf, tally);
  return tally.decide(gdprApplies);
}

/** `coppa` and `lmt`: 1 restricts, 0 does not, anything else cannot be read and restricts. */
function readFlag(value: string | undefined, signal: 'coppa' | 'lmt', tally: Tally): void {
  if (value === undefined || value === '0' || value === 'false') return;
  if (value === '1' || value === 'true') {
    tally.drop(PERSONAL, signal, signal);
    return;
  }
  tally.unreadable(signal, 'malformed');
  tally.drop(PERSONAL, 'signal_malformed', signal);
}

/** Reads GPP; true when its TCF section is in force. */
function readGpp({ gpp, gppSid }: PrivacySignals, policy: PrivacyPolicy, tally: Tally): boolean {
  const stated = gppSid === undefined ? null : readSectionIds(gppSid);
  if (stated === undefined) {
    tally.unreadable('gpp_sid', 'malformed');
    tally.drop(PERSONAL, 'gpp_malformed', 'gpp_sid');
    return false;
  }
  if (stated !== null && stated.length === 0) return false;
  if (gpp === undefined) {
    // Sections are in force, and none can be seen.
    for (const id of stated ?? []) readSection(id, undefined, true, policy, tally);
    return stated?.includes(TCF_EU_SECTION) ?? false;
  }
  const decoded = decodeGpp(gpp);
  if (!decoded.ok) {
    tally.unreadable('gpp', decoded.problem);
    tally.drop(PERSONAL, 'gpp_malformed', 'gpp');
    return false;
  }
  // Without a list of those in force, every section counts that the string holds.
  const inForce = stated ?? [...decoded.sections.keys()];
  for (const id of inForce) readSection(id, decoded.sections.get(id), stated !== null, policy, tally);
  return inForce.includes(TCF_EU_SECTION);
}

function readSection(
  id: number,
  text: string | undefined,
  isStated: boolean,
  policy: PrivacyPolicy,
  tally: Tally,
): void {
  const signal = `gpp:${id}`;
  const isUs = id >= FIRST_US_SECTION && id <= LAST_US_SECTION;
  if (!isUs && id !== TCF_EU_SECTION && id !== US_PRIVACY_SECTION) {
    // One that is not read here restricts when it is said to be in force; otherwise it is another country's matter.
    if (!isStated) return;
    tally.unreadable(signal, 'unsupported_section');
    tally.drop(PERSONAL, 'gpp_section_unsupported', signal);
  } else if (text === undefined) {
    tally.unreadable(signal, 'missing');
    tally.drop(PERSONAL, id === TCF_EU_SECTION ? 'tcf_missing' : 'us_section_missing', signal);
  } else if (id === TCF_EU_SECTION) readTcf(text, signal, policy, tally);
  else if (id === US_PRIVACY_SECTION) readUsPrivacy(text, signal, policy, tally);
  else readUsSection(id, text, policy, tally);
}

/** Reads `gdpr` and the TC string beside it; true when GDPR applies. */
function readGdpr(
  { gdpr, gdprConsent, country }: PrivacySignals,
  policy: PrivacyPolicy,
  gppHeldTcf: boolean,
  tally: Tally,
): boolean {
  if (gdpr === '0' || gdpr === 'false') return gppHeldTcf;
  const isStated = gdpr === '1' || gdpr === 'true';
  if (gdpr !== undefined && !isStated) tally.unreadable('gdpr', 'malformed');
  // A TC string is the record of a choice: it is honoured also when nobody says that GDPR applies.
  if (gdprConsent !== undefined) {
    readTcf(gdprConsent, 'gdpr_consent', policy, tally);
    return true;
  }
  if (gppHeldTcf) return true;
  if (gdpr !== undefined) {
    tally.drop(PERSONAL, 'tcf_missing', isStated ? 'gdpr_consent' : 'gdpr');
    return true;
  }
  const presumed =
    country === null
      ? policy.whenCountryUnknown === 'restrict'
      : policy.whenGdprSignalMissing === 'restrict' && policy.gdprCountries.has(country);
  if (presumed) tally.drop(PERSONAL, 'gdpr_signal_missing', 'country');
  return presumed;
}
