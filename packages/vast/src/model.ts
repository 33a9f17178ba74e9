import type { InlineCreative, WrapperCreative } from './creative-model.ts';
import type { Extension, IdentifiedUrl, TrackingEvent } from './model-parts.ts';
import type { VastVersion } from './version.ts';

export type * from './creative-model.ts';
export type * from './model-parts.ts';

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
  /** Before 4.1 these travel in an extension of type AdVerifications, as the guidance for OMID asks. */
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
  /** The advertiser in the ad server's books; 4.3, and only with `advertiser`. */
  readonly advertiserId?: string;
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
