import type { AdParameters, Extension, IdentifiedUrl, TrackingEvent } from './model-parts.ts';
import type { Offset } from './time.ts';

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
