import type { PrivacyPolicy } from './model.ts';
import { PERSONAL, type Tally } from './tally.ts';
import { decodeUsPrivacy } from './us-privacy.ts';
import { decodeUsSection } from './us-sections.ts';

/** Drops what a US Privacy string forbids; one that cannot be read counts as an opt-out. */
export function readUsPrivacy(text: string, signal: string, policy: PrivacyPolicy, tally: Tally): void {
  const decoded = decodeUsPrivacy(text);
  if (!decoded.ok) {
    tally.unreadable(signal, 'malformed');
    tally.drop(PERSONAL, 'us_malformed', signal);
    return;
  }
  if (!decoded.applies) return;
  if (decoded.optedOutOfSale) tally.drop(PERSONAL, 'us_opt_out_sale', signal);
  else if (decoded.noticeGiven === false && policy.whenUsNoticeMissing === 'restrict')
    tally.drop(PERSONAL, 'us_notice_missing', signal);
}

/** Drops what a US section of GPP forbids; one that cannot be read counts as an opt-out. */
export function readUsSection(id: number, text: string, policy: PrivacyPolicy, tally: Tally): void {
  const signal = `gpp:${id}`;
  const decoded = decodeUsSection(id, text);
  if (!decoded.ok) {
    tally.unreadable(signal, decoded.problem);
    tally.drop(PERSONAL, 'us_malformed', signal);
    return;
  }
  const choices = decoded.value;
  if (choices.childWithoutConsent) tally.drop(PERSONAL, 'us_known_child', signal);
  if (choices.optedOutOfSale) tally.drop(PERSONAL, 'us_opt_out_sale', signal);
  if (choices.optedOutOfSharing) tally.drop(PERSONAL, 'us_opt_out_sharing', signal);
  if (choices.optedOutOfTargeting) tally.drop(PERSONAL, 'us_opt_out_targeting', signal);
  if (choices.globalPrivacyControl) tally.drop(PERSONAL, 'gpc', signal);
  if (choices.serviceProviderMode) tally.drop(PERSONAL, 'us_service_provider', signal);
  if (choices.noticeMissing && policy.whenUsNoticeMissing === 'restrict')
    tally.drop(PERSONAL, 'us_notice_missing', signal);
  if (choices.preciseGeoRefused) tally.drop(['precise_geo'], 'us_precise_geo', signal);
}
