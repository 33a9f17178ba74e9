import type { DropReason, PrivacyPolicy, Use } from './model.ts';
import { PERSONAL, type Tally } from './tally.ts';
import { decodeTcString, type TcString } from './tc-string.ts';

/**
 * Purposes of TCF that each use needs, all of them (TCF Policies, Appendix A; text of the purposes of v2.2):
 * 1 store or access information on a device, 2 select basic ads, which names capping how often an ad is shown, 3 and 4
 * create and use profiles for personalised advertising, 7 measure advertising. A household key stores nothing on the
 * device, yet the EDPB counts tracking by address among what needs purpose 1 (Guidelines 2/2023 on Article 5(3)).
 */
const NEEDED: readonly (readonly [Use, readonly number[]])[] = [
  ['ifa', [1, 2]],
  ['household', [1, 2]],
  ['supplied_id', [1, 2]],
  ['profile_caps', [1, 2]],
  ['segments', [1, 3, 4]],
  ['precise_geo', [2]],
  ['personal_log', [7]],
];
/** Special feature 1: use precise geolocation data, an opt-in. */
const PRECISE_GEO_FEATURE = 1;
/** Since TCF 2.2 no legitimate interest exists for 3 to 6, and never for 1. */
const MAY_BE_LEGITIMATE_INTEREST = new Set([2, 7, 8, 9, 10, 11]);

/** Drops what the TC string does not grant. `signal` names where it came from. */
export function readTcf(text: string, signal: string, policy: PrivacyPolicy, tally: Tally): void {
  const decoded = decodeTcString(text, policy.tcfVendor?.id ?? null);
  if (!decoded.ok) {
    tally.unreadable(signal, decoded.problem);
    tally.drop(PERSONAL, decoded.problem === 'outdated_policy' ? 'tcf_outdated' : 'tcf_malformed', signal);
    return;
  }
  const consent = decoded.value;
  if (policy.tcfVendor !== null && consent.vendorDisclosed === false) {
    tally.drop(PERSONAL, 'tcf_vendor_not_disclosed', signal);
    return;
  }
  for (const [use, purposes] of NEEDED) {
    for (const purpose of purposes) {
      const refusal = refusalOf(consent, purpose, policy);
      if (refusal !== null) tally.drop([use], refusal, signal, purpose);
    }
  }
  if (!has(consent.specialFeatures, PRECISE_GEO_FEATURE))
    tally.drop(['precise_geo'], 'tcf_special_feature', signal, PRECISE_GEO_FEATURE);
}

const has = (bits: number, number: number): boolean => ((bits >> (number - 1)) & 1) === 1;

/** Why a purpose has no legal basis; null when it has one. */
function refusalOf(consent: TcString, purpose: number, { tcfVendor }: PrivacyPolicy): DropReason | null {
  const wantsInterest =
    MAY_BE_LEGITIMATE_INTEREST.has(purpose) && (tcfVendor?.legitimateInterest.includes(purpose) ?? false);
  const isFlexible = tcfVendor?.flexible.includes(purpose) ?? false;
  const restriction = consent.restrictions.get(purpose);
  let byInterest = wantsInterest;
  // Specification, RestrictionType: a basis that the publisher demands and we are not registered for forbids.
  if (restriction === 'not_allowed') return 'tcf_publisher_restriction';
  if (restriction === 'require_consent' && wantsInterest) {
    if (!isFlexible) return 'tcf_publisher_restriction';
    byInterest = false;
  }
  if (restriction === 'require_legitimate_interest' && !wantsInterest) {
    if (!isFlexible || !MAY_BE_LEGITIMATE_INTEREST.has(purpose)) return 'tcf_publisher_restriction';
    byInterest = true;
  }
  if (!has(byInterest ? consent.purposesLegitimateInterest : consent.purposesConsent, purpose))
    return 'tcf_purpose';
  if (tcfVendor === null) return null;
  return (byInterest ? consent.vendorLegitimateInterest : consent.vendorConsent) ? null : 'tcf_vendor';
}
