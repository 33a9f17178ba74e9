import type { VastDocument } from '../model.ts';
import type { Extension } from '../model-parts.ts';
import type { VmapTimeOffset } from './time-offset.ts';

/** Namespace of VMAP elements (VMAP 1.0.1, section 2.2). */
export const VMAP_NAMESPACE = 'http://www.iab.net/videosuite/vmap';

/** Versions as written in `VMAP@version`: the text says 1.0, its schema 1.0.1. */
export const VMAP_VERSIONS = ['1.0', '1.0.1'] as const;

export type VmapVersion = (typeof VMAP_VERSIONS)[number];

/** What may be shown in a break; `display` are companions beside the player. */
export const BREAK_TYPES = ['linear', 'nonlinear', 'display'] as const;

export type BreakType = (typeof BREAK_TYPES)[number];

/** Events of a break. */
export const VMAP_EVENTS = ['breakStart', 'breakEnd', 'error'] as const;

export type VmapEvent = (typeof VMAP_EVENTS)[number];

/** The ad breaks of one piece of content (VMAP 1.0.1, section 2.3). */
export interface VmapDocument {
  readonly version: VmapVersion;
  readonly adBreaks: readonly AdBreak[];
  /** In the text of the standard and not in its schema. */
  readonly extensions?: readonly Extension[];
}

/** One break. `null` stands where the standard demands a value and a document does not state it. */
export interface AdBreak {
  readonly timeOffset: VmapTimeOffset | null;
  /** Preferred first. */
  readonly breakTypes: readonly BreakType[];
  readonly breakId?: string;
  /** Repeats the break at this distance, in milliseconds. */
  readonly repeatAfterMs?: number;
  readonly adSource?: AdSource;
  readonly trackingEvents?: readonly VmapTrackingEvent[];
  readonly extensions?: readonly Extension[];
}

/** Where the ads of a break come from (VMAP 1.0.1, section 2.3.2). */
export interface AdSource {
  /** Any text by the standard, an integer by its schema. */
  readonly id?: string;
  /** True when absent. */
  readonly allowMultipleAds?: boolean;
  /** The player's choice when absent. */
  readonly followRedirects?: boolean;
  readonly content: AdSourceContent | null;
}

/** Ads inside, a tag to ask, or something that is no VAST. */
export type AdSourceContent =
  | { readonly kind: 'vast'; readonly document: VastDocument | null }
  | { readonly kind: 'tag'; readonly uri: string; readonly templateType: string | null }
  | { readonly kind: 'custom'; readonly data: string; readonly templateType: string | null };

/** A URL called for an event of the break; `error` may carry [ERROR_CODE] and [ERROR_MESSAGE]. */
export interface VmapTrackingEvent {
  readonly event: VmapEvent;
  readonly url: string;
}
