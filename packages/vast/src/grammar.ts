import { isAtLeast, VAST_VERSIONS, type VastVersion } from './version.ts';

/*
 * The content of every element in every version, as data. Serialising orders and prunes a tree by it, lint
 * checks a tree against it, so the two cannot disagree.
 *
 * A model is read from left to right: "@name" an attribute, "@name!" a required one, "#" text, and child
 * elements with "?", "*", "+" or nothing for exactly one. "A|B" means only one of the alternatives.
 * "any" accepts everything. An entry holds until the next version listed.
 *
 * Source: the published schemas 2.0.1, 3.0 (draft), 4.0.7, 4.1.2 and 4.2.0. Where a schema is narrower than
 * its specification the schema wins, since receivers validate by it; the exception is the error URL of an
 * empty 3.0 response, which the text of VAST 3.0 describes and its draft schema forgot. 4.3 has no schema: it is
 * that of 4.2 and what the text of 4.3 adds.
 */

const RESOURCE_CHOICE = 'StaticResource?|IFrameResource?|HTMLResource?';
const RESOURCES = 'HTMLResource* IFrameResource* StaticResource*';
const FILE = '@id @delivery! @type!';
const OVERLAY =
  '@id @width! @height! @expandedWidth @expandedHeight @scalable @maintainAspectRatio @minSuggestedDuration @apiFramework';
const AD_4 = 'AdSystem Error* Extensions? Impression+ Pricing? ViewableImpression?';
const WRAPPER_4 = `@followAdditionalWrappers @allowMultipleAds @fallbackOnNoAd ${AD_4} AdVerifications?`;
const COMPANION_3 =
  '@id @width! @height! @assetWidth @assetHeight @expandedWidth @expandedHeight @apiFramework @adSlotID';
const COMPANION_4 = `${RESOURCES} AdParameters? AltText? CompanionClickThrough? CompanionClickTracking* CreativeExtensions? TrackingEvents?`;
const ICON_4 = `${RESOURCES} IconClicks? IconViewTracking*`;
const ICON_ATTRIBUTES_4 =
  '@program @width @height @xPosition @yPosition @duration @offset @apiFramework @pxratio';

type Models = Partial<Record<VastVersion, string>>;

/** Keyed by element name, or "Ancestor/Element" where the same name means less inside that ancestor. */
const MODELS: Readonly<Record<string, Models>> = {
  VAST: { '2.0': '@version! Ad*', '3.0': '@version! Ad*|Error*' },
  Ad: {
    '2.0': '@id! InLine|Wrapper',
    '3.0': '@id @sequence InLine|Wrapper',
    '4.0': '@id @sequence @conditionalAd InLine|Wrapper',
    '4.1': '@id @sequence @conditionalAd @adType InLine|Wrapper',
  },
  InLine: {
    '2.0': 'AdSystem AdTitle Description? Survey? Error? Impression+ Creatives Extensions?',
    '3.0':
      'AdSystem AdTitle Description? Advertiser? Pricing? Survey? Error? Impression+ Creatives Extensions?',
    '4.0': `${AD_4} AdTitle AdVerifications? Advertiser? Category* Creatives Description? Survey?`,
    '4.1': `${AD_4} AdServingId AdTitle AdVerifications? Advertiser? Category* Creatives Description? Expires? Survey?`,
  },
  Wrapper: {
    '2.0': 'AdSystem VASTAdTagURI Error? Impression+ Creatives Extensions?',
    '4.0': `${WRAPPER_4} Creatives? VASTAdTagURI`,
    '4.1': `${WRAPPER_4} BlockedAdCategories* Creatives? VASTAdTagURI`,
  },
  AdSystem: { '2.0': '@version #' },
  AdTitle: { '2.0': '#' },
  AdServingId: { '4.1': '#' },
  Description: { '2.0': '#' },
  Advertiser: { '3.0': '#', '4.3': '@id #' },
  Survey: { '2.0': '#', '4.0': '@type #' },
  Expires: { '4.1': '#' },
  Error: { '2.0': '#' },
  VASTAdTagURI: { '2.0': '#' },
  Impression: { '2.0': '@id #' },
  'Wrapper/Impression': { '2.0': '#', '4.0': '@id #' },
  Pricing: { '3.0': '@model! @currency! #' },
  ViewableImpression: { '4.0': '@id Viewable* NotViewable* ViewUndetermined*' },
  Viewable: { '4.0': '#' },
  NotViewable: { '4.0': '#' },
  ViewUndetermined: { '4.0': '#' },
  Category: { '4.0': '@authority! #' },
  BlockedAdCategories: { '4.1': '@authority #' },
  Extensions: { '2.0': 'Extension*' },
  Extension: { '2.0': 'any' },
  CreativeExtensions: { '3.0': 'CreativeExtension*' },
  CreativeExtension: { '3.0': 'any' },
  AdVerifications: { '4.0': 'Verification*' },
  Verification: {
    '4.0': '@vendor FlashResource* JavaScriptResource* ViewableImpression?',
    '4.1': '@vendor ExecutableResource* JavaScriptResource* TrackingEvents? VerificationParameters?',
  },
  'Verification/ViewableImpression': { '4.0': '@id #' },
  FlashResource: { '4.0': '@apiFramework #' },
  ExecutableResource: { '4.1': '@apiFramework @type #' },
  JavaScriptResource: { '4.0': '@apiFramework #', '4.1': '@apiFramework @browserOptional #' },
  VerificationParameters: { '4.1': '#' },
  Creatives: { '2.0': 'Creative+' },
  'Wrapper/Creatives': { '2.0': 'Creative*', '4.0': 'Creative+' },
  Creative: {
    '2.0': '@id @sequence @AdID Linear?|CompanionAds?|NonLinearAds?',
    '4.0':
      '@id @sequence @adId @apiFramework CompanionAds? CreativeExtensions? Linear? NonLinearAds? UniversalAdId',
    '4.2':
      '@id @sequence @adId @apiFramework CompanionAds? CreativeExtensions? Linear? NonLinearAds? UniversalAdId+',
  },
  'Wrapper/Creative': {
    '2.0': '@id @sequence @AdID Linear?|CompanionAds?|NonLinearAds?',
    '4.0': '@id @sequence @adId @apiFramework CompanionAds? Linear? NonLinearAds?',
  },
  UniversalAdId: { '4.0': '@idRegistry! @idValue! #', '4.1': '@idRegistry! #' },
  Linear: {
    '2.0': 'Duration TrackingEvents? AdParameters? VideoClicks? MediaFiles?',
    '3.0':
      '@skipoffset Icons? CreativeExtensions? Duration TrackingEvents? AdParameters? VideoClicks? MediaFiles?',
    '4.0': '@skipoffset Icons? TrackingEvents? AdParameters? Duration MediaFiles VideoClicks?',
  },
  'Wrapper/Linear': {
    '2.0': 'TrackingEvents? VideoClicks?',
    '3.0': 'CreativeExtensions? Icons? TrackingEvents? VideoClicks?',
    '4.0': '@skipoffset Icons? TrackingEvents? VideoClicks?',
  },
  Duration: { '2.0': '#' },
  AdParameters: { '2.0': '#', '3.0': '@xmlEncoded #' },
  MediaFiles: {
    '2.0': 'MediaFile+',
    '4.0': 'MediaFile+ Mezzanine? InteractiveCreativeFile*',
    '4.1': 'ClosedCaptionFiles? MediaFile+ Mezzanine* InteractiveCreativeFile*',
  },
  MediaFile: {
    '2.0': `${FILE} @bitrate @width! @height! @scalable @maintainAspectRatio @apiFramework #`,
    '3.0': `${FILE} @bitrate @minBitrate @maxBitrate @width! @height! @scalable @maintainAspectRatio @codec @apiFramework #`,
    '4.1': `${FILE} @width! @height! @codec @bitrate @minBitrate @maxBitrate @scalable @maintainAspectRatio @fileSize @mediaType @apiFramework #`,
  },
  Mezzanine: { '4.0': '#', '4.1': `${FILE} @width! @height! @codec @fileSize @mediaType #` },
  InteractiveCreativeFile: {
    '4.0': '@type @apiFramework #',
    '4.1': '@type @apiFramework @variableDuration #',
  },
  ClosedCaptionFiles: { '4.1': 'ClosedCaptionFile*' },
  ClosedCaptionFile: { '4.1': '@type @language #' },
  VideoClicks: {
    '2.0': 'ClickThrough? ClickTracking* CustomClick*',
    '4.0': 'ClickTracking* CustomClick* ClickThrough?',
    '4.2': 'ClickTracking* ClickThrough? CustomClick*',
  },
  'Wrapper/VideoClicks': {
    '2.0': 'ClickTracking*',
    '3.0': 'ClickTracking* CustomClick*',
    '4.2': 'ClickTracking* ClickThrough? CustomClick*',
  },
  ClickThrough: { '2.0': '@id #' },
  ClickTracking: { '2.0': '@id #' },
  CustomClick: { '2.0': '@id #' },
  TrackingEvents: { '2.0': 'Tracking*' },
  Tracking: { '2.0': '@event! #', '3.0': '@event! @offset #' },
  'Verification/Tracking': { '4.1': '@event! #' },
  Icons: { '3.0': 'Icon+', '4.0': 'Icon?', '4.2': 'Icon+' },
  Icon: {
    '3.0': `@program! @width! @height! @xPosition! @yPosition! @offset @duration @apiFramework ${RESOURCE_CHOICE} IconClicks? IconViewTracking*`,
    '4.0': `${ICON_ATTRIBUTES_4} ${ICON_4}`,
    '4.3': `${ICON_ATTRIBUTES_4} @altText @hoverText ${ICON_4}`,
  },
  IconClicks: {
    '3.0': 'IconClickTracking* IconClickThrough?',
    '4.0': 'IconClickThrough? IconClickTracking*',
    '4.2': 'IconClickFallbackImages? IconClickThrough? IconClickTracking*',
  },
  IconClickFallbackImages: { '4.2': 'IconClickFallbackImage+' },
  IconClickFallbackImage: { '4.2': '@width @height AltText? StaticResource?' },
  'IconClickFallbackImage/StaticResource': { '4.2': '#' },
  IconClickThrough: { '3.0': '#' },
  IconClickTracking: { '3.0': '#', '4.0': '@id #' },
  IconViewTracking: { '3.0': '#' },
  StaticResource: { '2.0': '@creativeType! #' },
  IFrameResource: { '2.0': '#' },
  HTMLResource: { '2.0': '#', '3.0': '@xmlEncoded #', '4.0': '#' },
  NonLinearAds: { '2.0': 'TrackingEvents? NonLinear+', '4.0': 'TrackingEvents? NonLinear*' },
  'Wrapper/NonLinearAds': { '2.0': 'TrackingEvents? NonLinear*' },
  NonLinear: {
    '2.0': `${OVERLAY} ${RESOURCE_CHOICE} NonLinearClickThrough? AdParameters?`,
    '3.0': `${OVERLAY} ${RESOURCE_CHOICE} CreativeExtensions? NonLinearClickTracking* NonLinearClickThrough? AdParameters?`,
    '4.0': `${RESOURCES} AdParameters? NonLinearClickThrough? NonLinearClickTracking*`,
    '4.1': `${OVERLAY} ${RESOURCES} AdParameters? NonLinearClickThrough? NonLinearClickTracking*`,
  },
  'Wrapper/NonLinear': {
    '2.0': `${OVERLAY} ${RESOURCE_CHOICE} NonLinearClickThrough? AdParameters?`,
    '3.0': `${OVERLAY.replaceAll('!', '')} CreativeExtensions? NonLinearClickTracking*`,
    '4.0': 'NonLinearClickTracking?',
  },
  NonLinearClickThrough: { '2.0': '#' },
  NonLinearClickTracking: { '3.0': '#', '4.0': '@id #' },
  CompanionAds: { '2.0': 'Companion*', '3.0': '@required Companion*' },
  'Wrapper/CompanionAds': { '2.0': 'Companion*', '4.0': '@required Companion*' },
  Companion: {
    '2.0': `@id @width! @height! @expandedWidth @expandedHeight @apiFramework ${RESOURCE_CHOICE} TrackingEvents? CompanionClickThrough? AltText? AdParameters?`,
    '3.0': `${COMPANION_3.replace('ID', 'Id')} ${RESOURCE_CHOICE} CreativeExtensions? TrackingEvents? CompanionClickThrough? AltText? AdParameters?`,
    '4.0': `${COMPANION_3} @pxratio ${COMPANION_4}`,
    '4.1': `${COMPANION_3.replace('ID', 'Id')} @pxratio @renderingMode ${COMPANION_4}`,
  },
  'Wrapper/Companion': {
    '2.0': `@id @width! @height! @expandedWidth @expandedHeight @apiFramework ${RESOURCE_CHOICE} TrackingEvents? CompanionClickThrough? AltText? AdParameters?`,
    '3.0': `${COMPANION_3.replace('ID', 'Id')} ${RESOURCE_CHOICE} CreativeExtensions? TrackingEvents? CompanionClickThrough? CompanionClickTracking* AltText? AdParameters?`,
    '4.0': `${COMPANION_3} @pxratio ${COMPANION_4}`,
    '4.1': `${COMPANION_3.replace('ID', 'Id')} @pxratio @renderingMode ${COMPANION_4}`,
  },
  CompanionClickThrough: { '2.0': '#' },
  CompanionClickTracking: { '3.0': '#', '4.0': '@id! #' },
  AltText: { '2.0': '#' },
};

/** A child element and how often it may occur. */
export interface Particle {
  readonly name: string;
  readonly min: 0 | 1;
  readonly many: boolean;
}

/** What an element may hold in one version. */
export interface ContentModel {
  readonly any: boolean;
  readonly text: boolean;
  readonly attributes: readonly { readonly name: string; readonly required: boolean }[];
  /** In schema order; the particles of one group exclude each other. */
  readonly groups: readonly (readonly Particle[])[];
}

/** Ancestors inside which some elements mean less, nearest first. */
export type Scope = readonly string[];

const SCOPES = new Set(['Wrapper', 'Verification', 'IconClickFallbackImage']);

/** The scope for the children of `name`. */
export function scopeInside(name: string, scope: Scope): Scope {
  return SCOPES.has(name) ? [name, ...scope] : scope;
}

const compiled = new Map<string, ContentModel | undefined>();

/** The content model of an element in a version and scope; undefined when the version has no such element. */
export function contentModel(name: string, version: VastVersion, scope: Scope): ContentModel | undefined {
  const key = `${version} ${scope.join('/')} ${name}`;
  if (!compiled.has(key)) compiled.set(key, lookUp(name, version, scope));
  return compiled.get(key);
}

function lookUp(name: string, version: VastVersion, scope: Scope): ContentModel | undefined {
  const scoped = scope.find((ancestor) => MODELS[`${ancestor}/${name}`]);
  const models = MODELS[scoped === undefined ? name : `${scoped}/${name}`];
  const since = VAST_VERSIONS.findLast((known) => isAtLeast(version, known) && models?.[known] !== undefined);
  const source = since === undefined ? undefined : models?.[since];
  return source === undefined ? undefined : readModel(source);
}

function readModel(source: string): ContentModel {
  const tokens = source.split(' ');
  return {
    any: source === 'any',
    text: tokens.includes('#'),
    attributes: tokens
      .filter((token) => token.startsWith('@'))
      .map((token) => ({ name: token.replace(/[@!]/g, ''), required: token.endsWith('!') })),
    groups: tokens
      .filter((token) => /^[A-Z]/.test(token))
      .map((token) =>
        token.split('|').map((part) => ({
          name: part.replace(/[?*+]$/, ''),
          min: /[?*]$/.test(part) ? 0 : 1,
          many: /[*+]$/.test(part),
        })),
      ),
  };
}

/** The versions in which an element exists anywhere, for messages. */
export function firstVersionOf(name: string): VastVersion | undefined {
  const own = Object.entries(MODELS).filter(([key]) => key === name || key.endsWith(`/${name}`));
  return VAST_VERSIONS.find((version) => own.some(([, models]) => models[version] !== undefined));
}
