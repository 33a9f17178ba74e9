export {
  MAX_WRAPPER_DEPTH,
  VAST_PARSE_FAILED,
  VAST_VERSION_MISMATCH,
  VAST_WRAPPER_DEPTH_EXCEEDED,
  type VastProblemCode,
} from './codes.ts';
export { describeTrackers, type TrackerKind, type TrackerRow } from './describe-trackers.ts';
export { VAST_ERROR_CODES, type VastErrorCode, vastErrorCode } from './error-codes.ts';
export { type LintOptions, lintVast } from './lint/lint.ts';
export {
  LINT_RULES,
  type LintFinding,
  type LintRule,
  type LintRuleId,
  type LintSeverity,
} from './lint/rules.ts';
export { MACRO_KINDS, type MacroKind, type MacroParamName, type MacroParamValues } from './macro-kinds.ts';
export { type MacroContext, type MacroDefinition, VAST_MACROS } from './macro-list.ts';
export {
  encodeMacros,
  isMacroParamValid,
  type MacroParamOptions,
  type MacroParams,
  type MacroProblem,
  type MacroState,
  outgoingMacros,
  readMacroParams,
} from './macro-params.ts';
export {
  macroQuery,
  PLAYER_MACROS,
  REQUEST_MACROS,
  SERVER_MACROS,
  vastVersionsFrom,
} from './macro-sets.ts';
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
  type MacroOptions,
  type MacroSlotValues,
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
export { BLANK_URL, URL_ELEMENTS, type UrlRole } from './url-elements.ts';
export { isAtLeast, VAST_NAMESPACE, VAST_VERSIONS, type VastVersion } from './version.ts';
export { type VmapBreak, vmapDocument } from './vmap/document.ts';
export { VMAP_ERROR_CODES, type VmapErrorCode, vmapErrorCode } from './vmap/error-codes.ts';
export { lintVmap, type VmapLintOptions } from './vmap/lint.ts';
export {
  type AdBreak,
  type AdSource,
  type AdSourceContent,
  BREAK_TYPES,
  type BreakType,
  VMAP_EVENTS,
  VMAP_NAMESPACE,
  VMAP_VERSIONS,
  type VmapDocument,
  type VmapEvent,
  type VmapTrackingEvent,
  type VmapVersion,
} from './vmap/model.ts';
export {
  type ParsedVmap,
  parseVmap,
  VMAP_PARSE_FAILED,
  VMAP_VERSION_MISMATCH,
  type VmapParseResult,
  type VmapRefusal,
} from './vmap/parse.ts';
export { VMAP_LINT_RULES, type VmapLintFinding, type VmapLintRuleId } from './vmap/rules.ts';
export { type SerializedVmap, serializeVmap, type VmapSerializeOptions } from './vmap/serialize.ts';
export {
  formatTimeOffset,
  readTimeOffset,
  timeOffsetToMs,
  type VmapTimeOffset,
} from './vmap/time-offset.ts';
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
