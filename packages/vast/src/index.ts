export {
  MAX_WRAPPER_DEPTH,
  VAST_PARSE_FAILED,
  VAST_VERSION_MISMATCH,
  VAST_WRAPPER_DEPTH_EXCEEDED,
  type VastProblemCode,
} from './codes.ts';
export { VAST_ERROR_CODES, type VastErrorCode, vastErrorCode } from './error-codes.ts';
export { type LintOptions, lintVast } from './lint/lint.ts';
export {
  LINT_RULES,
  type LintFinding,
  type LintRule,
  type LintRuleId,
  type LintSeverity,
} from './lint/rules.ts';
export { type MacroContext, type MacroDefinition, VAST_MACROS } from './macro-list.ts';
export {
  type ExpandOptions,
  encodeMacroValue,
  expandMacros,
  type FoundMacro,
  findMacros,
  MACRO_UNKNOWN,
  MACRO_WITHHELD,
  type MacroValue,
  macroDefinition,
} from './macros.ts';
export {
  MEASUREMENT_VENDORS,
  type MeasurementVendor,
  type MeasurementVendorKey,
  MOAT_RETIRED,
  type VerificationOptions,
  type VerificationParams,
  type VerificationResult,
  verificationFor,
} from './measurement-vendors.ts';
export type {
  Ad,
  AdCommon,
  AdParameters,
  AdSystem,
  AdVerification,
  Category,
  ClosedCaptionFile,
  Companion,
  CompanionAds,
  CreativeResources,
  ExecutableResource,
  Extension,
  Icon,
  IconClickFallbackImage,
  IdentifiedUrl,
  InlineAd,
  InlineCreative,
  InlineLinear,
  InteractiveCreativeFile,
  JavaScriptResource,
  MediaFile,
  Mezzanine,
  NonLinear,
  NonLinearAds,
  Pricing,
  StaticResource,
  Survey,
  TrackingEvent,
  UniversalAdId,
  VastDocument,
  VideoClicks,
  ViewableImpression,
  WrapperAd,
  WrapperCreative,
  WrapperLinear,
} from './model.ts';
export {
  extensionFromXml,
  type ParsedVast,
  type ParseOptions,
  type ParseResult,
  parseVast,
  type VastRefusal,
  xmlFragment,
} from './parse.ts';
export { type SerializedVast, type SerializeOptions, serializeVast } from './serialize.ts';
export {
  type AdTemplate,
  compileAd,
  compileVast,
  emptyVast,
  joinAds,
  type SlotValues,
  slot,
  type VastTemplate,
} from './template.ts';
export { formatTime, type Offset, offsetToMs, readOffset, readTime } from './time.ts';
export {
  hasTrackingEvent,
  QUARTILE_EVENTS,
  TRACKING_EVENTS,
  translateTrackingEvent,
} from './tracking-events.ts';
export type { ParseNote } from './tree-reader.ts';
export { isAtLeast, VAST_NAMESPACE, VAST_VERSIONS, type VastVersion } from './version.ts';
export {
  type AdmittedAds,
  admitAds,
  type ChainAnswer,
  type ChainOptions,
  type ChainReport,
  depthOf,
  errorUrlsOf,
  type Fallback,
  fallbackAfter,
  followWrapper,
  startChain,
  type WrapperChain,
  type WrapperFollowed,
  type WrapperHop,
  type WrapperRefusal,
} from './wrapper-chain.ts';
export type { XmlElement, XmlNode } from './xml/element.ts';
export { DEFAULT_XML_LIMITS, type XmlLimits, type XmlProblem } from './xml/read.ts';
export { escapeXml, XmlWriteError } from './xml/write.ts';
