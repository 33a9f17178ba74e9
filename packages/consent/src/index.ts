export { type DecodedGpp, decodeGpp, MAX_GPP_LENGTH, readSectionIds } from './gpp.ts';
export {
  DEFAULT_POLICY,
  DROP_REASONS,
  type Dropped,
  type DropReason,
  GDPR_COUNTRIES,
  type PrivacyDecision,
  type PrivacyPolicy,
  type PrivacySignals,
  type UnreadableSignal,
  USES,
  type Use,
} from './model.ts';
export { readPrivacy, UNRESTRICTED } from './read-privacy.ts';
export {
  type DecodedTcString,
  decodeTcString,
  MAX_TC_LENGTH,
  type PublisherRestriction,
  type TcString,
  type TcStringProblem,
} from './tc-string.ts';
export { type DecodedUsPrivacy, decodeUsPrivacy } from './us-privacy.ts';
export {
  type DecodedUsSection,
  decodeUsSection,
  FIRST_US_SECTION,
  LAST_US_SECTION,
  type UsChoices,
} from './us-sections.ts';
