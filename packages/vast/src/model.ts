import type { Offset } from './time.ts';
import type { VastVersion } from './version.ts';
import type { XmlNode } from './xml/element.ts';

/*
 * The document as meaning, not as markup: one model for every version. An absent list and an empty one mean
 * the same. `null` stands where the standard demands a value and a document from outside does not state it:
 * whoever builds must decide, whoever reads must look.
 */

/** A VAST response: ads, or nothing but error URLs when there is no ad (VAST 4.2, section 3.2). */
export interface VastDocument {
  readonly version: VastVersion;
  readonly ads: readonly Ad[];
  /** Called by the player when the response holds no ad it can use. Only carried when `ads` is empty. */
  readonly errorUrls?: readonly string[];
}

/** An ad that carries its media, or one that points at another document. */
export type Ad = InlineAd | WrapperAd;

/** What both kinds of ad have (VAST 4.2, sections 3.3 to 3.5, 3.16 and 3.18). */
export interface AdCommon {
  readonly id?: string;
  /** Position in a pod, from 1. Absent for a stand-alone ad. */
  readonly sequence?: number;
  readonly conditionalAd?: boolean;
  readonly adType?: 'video' | 'audio' | 'hybrid';
  readonly adSystem: AdSystem | null;
  readonly impressions: readonly IdentifiedUrl[];
  readonly errorUrls?: readonly string[];
  readonly pricing?: Pricing;
  readonly viewableImpression?: ViewableImpression;
  /** Before 4.1 these travel in an extension of type AdVerifications, as the OMID guidance asks. */
  readonly adVerifications?: readonly AdVerification[];
  readonly extensions?: readonly Extension[];
}

/** An ad with its own creatives (VAST 4.2, section 3.4). */
export interface InlineAd extends AdCommon {
  readonly kind: 'inline';
  readonly adTitle: string | null;
  /** Identifies this serving of the ad in every tracker; required since 4.1. */
  readonly adServingId?: string;
  readonly description?: string;
  readonly advertiser?: string;
  readonly categories?: readonly Category[];
  /** Seconds a player may keep the response before it must ask again. */
  readonly expiresSeconds?: number;
  readonly survey?: Survey;
  readonly creatives: readonly InlineCreative[];
}

/** An ad that redirects (VAST 4.2, section 3.19). */
export interface WrapperAd extends AdCommon {
  readonly kind: 'wrapper';
  readonly vastAdTagUri: string | null;
  readonly followAdditionalWrappers?: boolean;
  readonly allowMultipleAds?: boolean;
  readonly fallbackOnNoAd?: boolean;
  readonly blockedAdCategories?: readonly Category[];
  readonly creatives?: readonly WrapperCreative[];
}

/** Name and version of the ad server that answers. */
export interface AdSystem {
  readonly name: string;
  readonly version?: string;
}

/** A URL with the optional id that trackers and clicks carry. */
export interface IdentifiedUrl {
  readonly url: string;
  readonly id?: string;
}

/** Price paid for the ad, in integer micros of the currency. */
export interface Pricing {
  readonly model: 'cpm' | 'cpc' | 'cpe' | 'cpv';
  /** ISO 4217. */
  readonly currency: string;
  readonly amountMicros: number;
}

/** URLs for each verdict on viewability. */
export interface ViewableImpression {
  readonly id?: string;
  readonly viewable?: readonly string[];
  readonly notViewable?: readonly string[];
  readonly viewUndetermined?: readonly string[];
}

/** A category code and the list it comes from. */
export interface Category {
  readonly code: string;
  /** URL of the organisation that defines the list. */
  readonly authority: string | null;
}

/** Survey link; deprecated by 4.1 and kept for older documents. */
export interface Survey {
  readonly url: string;
  readonly type?: string;
}

/** A measurement resource run through Open Measurement (VAST 4.2, sections 3.16 and 3.17). */
export interface AdVerification {
  /** Vendor key, by convention `domain-use`, such as "example.com-omid". */
  readonly vendor: string | null;
  readonly javaScriptResources?: readonly JavaScriptResource[];
  readonly executableResources?: readonly ExecutableResource[];
  /** Handed to the vendor's script untouched. */
  readonly verificationParameters?: string;
  /** In practice `verificationNotExecuted`, with the macro [REASON]. */
  readonly trackingEvents?: readonly TrackingEvent[];
}

/** A verification script. */
export interface JavaScriptResource {
  readonly url: string;
  readonly apiFramework?: string;
  /** True when the script may also run without an Open Measurement SDK, in a browser. */
  readonly browserOptional?: boolean;
}

/** A verification executable for players that are not browsers. */
export interface ExecutableResource {
  readonly url: string;
  readonly apiFramework?: string;
  readonly type?: string;
}

/** Custom XML. Nodes are kept exactly; build them with `xmlFragment`. */
export interface Extension {
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly nodes: readonly XmlNode[];
}

/** A tracker for one event. Names are those of the version the document was written for. */
export interface TrackingEvent {
  readonly event: string;
  readonly url: string;
  /** For `progress`: when to fire. */
  readonly offset?: Offset;
}

/** A creative of a wrapper: trackers, icons and companions, no media (VAST 4.2, section 3.7). */
export interface WrapperCreative {
  readonly id?: string;
  readonly sequence?: number;
  readonly adId?: string;
  readonly apiFramework?: string;
  readonly linear?: WrapperLinear;
  readonly nonLinearAds?: NonLinearAds;
  readonly companionAds?: CompanionAds;
  readonly extensions?: readonly Extension[];
}

/** A creative of an inline ad. */
export interface InlineCreative extends Omit<WrapperCreative, 'linear'> {
  readonly universalAdIds?: readonly UniversalAdId[];
  readonly linear?: InlineLinear;
}

/** A creative identifier that stays the same in every system, such as an Ad-ID (VAST 4.2, section 3.7.1). */
export interface UniversalAdId {
  readonly idRegistry: string | null;
  readonly value: string;
}

/** What a linear creative has in a wrapper too (VAST 4.2, section 3.8). */
export interface WrapperLinear {
  readonly skipOffset?: Offset;
  readonly icons?: readonly Icon[];
  readonly trackingEvents?: readonly TrackingEvent[];
  readonly videoClicks?: VideoClicks;
}

/** A linear creative with its media. */
export interface InlineLinear extends WrapperLinear {
  readonly durationMs: number | null;
  readonly adParameters?: AdParameters;
  readonly mediaFiles: readonly MediaFile[];
  readonly mezzanines?: readonly Mezzanine[];
  readonly interactiveCreativeFiles?: readonly InteractiveCreativeFile[];
  readonly closedCaptionFiles?: readonly ClosedCaptionFile[];
}

/** Data for an interactive creative. */
export interface AdParameters {
  readonly value: string;
  readonly xmlEncoded?: boolean;
}

/** What a playable file and a mezzanine share (VAST 4.2, section 3.9). */
export interface Mezzanine {
  readonly url: string;
  readonly delivery: 'progressive' | 'streaming' | null;
  /** MIME type. */
  readonly type: string | null;
  /** Pixels. */
  readonly width: number | null;
  readonly height: number | null;
  readonly id?: string;
  readonly codec?: string;
  readonly fileSizeBytes?: number;
  /** "2D" when absent; or "3D", "360". */
  readonly mediaType?: string;
}

/** A playable file. Bit rates are in kilobits per second. */
export interface MediaFile extends Mezzanine {
  readonly bitrateKbps?: number;
  readonly minBitrateKbps?: number;
  readonly maxBitrateKbps?: number;
  readonly scalable?: boolean;
  readonly maintainAspectRatio?: boolean;
  readonly apiFramework?: string;
}

/** An interactive unit, such as SIMID, that runs beside the media. */
export interface InteractiveCreativeFile {
  readonly url: string;
  readonly type?: string;
  readonly apiFramework?: string;
  readonly variableDuration?: boolean;
}

/** A caption file beside the media. */
export interface ClosedCaptionFile {
  readonly url: string;
  readonly type?: string;
  /** BCP 47. */
  readonly language?: string;
}

/** Where a click goes and who is told (VAST 4.2, section 3.10). */
export interface VideoClicks {
  readonly clickThrough?: IdentifiedUrl;
  readonly clickTracking?: readonly IdentifiedUrl[];
  readonly customClicks?: readonly IdentifiedUrl[];
}

/** What is shown: any of the three, several allowed since 4.0. */
export interface CreativeResources {
  readonly staticResources?: readonly StaticResource[];
  readonly iframeResources?: readonly string[];
  readonly htmlResources?: readonly string[];
}

/** An image or script by URL. */
export interface StaticResource {
  readonly url: string;
  /** MIME type. */
  readonly creativeType: string | null;
}

/** A small mark over the ad, such as AdChoices (VAST 4.2, section 3.11). */
export interface Icon extends CreativeResources {
  readonly program?: string;
  readonly width?: number;
  readonly height?: number;
  /** Pixels from the left as text, or "left" / "right". */
  readonly xPosition?: string;
  readonly yPosition?: string;
  readonly offsetMs?: number;
  readonly durationMs?: number;
  readonly apiFramework?: string;
  readonly pxRatio?: number;
  /** 4.3. */
  readonly altText?: string;
  /** 4.3. */
  readonly hoverText?: string;
  readonly clickThroughUrl?: string;
  readonly clickTracking?: readonly IdentifiedUrl[];
  /** Pictures for devices without a browser; 4.2. */
  readonly clickFallbackImages?: readonly IconClickFallbackImage[];
  readonly viewTrackingUrls?: readonly string[];
}

/** A picture shown instead of following an icon's click. */
export interface IconClickFallbackImage {
  readonly url?: string;
  readonly altText?: string;
  readonly width?: number;
  readonly height?: number;
}

/** Overlays and their shared trackers (VAST 4.2, section 3.12). */
export interface NonLinearAds {
  readonly trackingEvents?: readonly TrackingEvent[];
  readonly nonLinears?: readonly NonLinear[];
}

/** One overlay. In a wrapper only the click trackers count. */
export interface NonLinear extends CreativeResources {
  readonly width: number | null;
  readonly height: number | null;
  readonly id?: string;
  readonly expandedWidth?: number;
  readonly expandedHeight?: number;
  readonly scalable?: boolean;
  readonly maintainAspectRatio?: boolean;
  readonly minSuggestedDurationMs?: number;
  readonly apiFramework?: string;
  readonly adParameters?: AdParameters;
  readonly clickThroughUrl?: string;
  readonly clickTracking?: readonly IdentifiedUrl[];
  /** 3.0 only. */
  readonly extensions?: readonly Extension[];
}

/** Companions and how many of them must be shown (VAST 4.2, section 3.13). */
export interface CompanionAds {
  readonly required?: 'all' | 'any' | 'none';
  readonly companions: readonly Companion[];
}

/** One companion beside the player. */
export interface Companion extends CreativeResources {
  readonly width: number | null;
  readonly height: number | null;
  readonly id?: string;
  readonly assetWidth?: number;
  readonly assetHeight?: number;
  readonly expandedWidth?: number;
  readonly expandedHeight?: number;
  readonly apiFramework?: string;
  readonly adSlotId?: string;
  readonly pxRatio?: number;
  readonly renderingMode?: 'default' | 'end-card' | 'concurrent';
  readonly adParameters?: AdParameters;
  readonly altText?: string;
  readonly clickThroughUrl?: string;
  readonly clickTracking?: readonly IdentifiedUrl[];
  readonly extensions?: readonly Extension[];
  readonly trackingEvents?: readonly TrackingEvent[];
}
