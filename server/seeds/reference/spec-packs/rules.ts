import type {
  DeliveryTerms,
  QcCheck,
  RuleLimits,
  RuleSeverity,
  SpecConfidence,
  SpecPack,
  SpecRule,
} from '../../../src/modules/creatives/domain/qc/index.ts';

/** Version of the whole set of packs, and the day it was put together. */
export const SPEC_PACKS_VERSION = '2026-11-21.1';
export const SPEC_PACKS_EFFECTIVE_ON = '2026-11-21';

type Extra = Partial<Pick<SpecRule, 'id' | 'confidence' | 'source' | 'onlyVideoCodecs' | 'note'>>;

/** Rules that share a source: the id is the check's name unless a pack has two of one check. */
export function rulesFrom(source: string, confidence: SpecConfidence) {
  return (check: QcCheck, severity: RuleSeverity, limits: RuleLimits = {}, extra: Extra = {}): SpecRule => ({
    id: check,
    check,
    severity,
    source,
    confidence,
    ...limits,
    ...extra,
  });
}

/** A video destination takes no file without a picture, whatever its page says. */
export const VIDEO_PRESENT = rulesFrom('A video destination needs a video stream', 'O')(
  'video_present',
  'block',
);

export const MBPS = 1_000_000;
export const KBPS = 1_000;
/** Decimal: where a page says MB without more, the smaller reading is the safe one. */
export const MB = 1_000_000;
export const GB = 1_000_000_000;

export const FPS = { film: 23.976, cinema: 24, pal: 25, ntsc: 29.97, thirty: 30 } as const;

/** Exact lengths in seconds, to half a frame. */
export function lengths(...seconds: number[]): RuleLimits {
  return { oneOf: seconds.map((second) => second * 1000), toleranceFrames: 0.5 };
}

/** A target loudness in LUFS (LKFS is the same scale) with its tolerance either way. */
export function loudnessAround(target: number, tolerance: number): RuleLimits {
  return { min: target - tolerance, max: target + tolerance, recommended: target };
}

/** What most streaming TV destinations share: no click, no VPAID, OMID accepted. */
export function terms(own: Partial<DeliveryTerms>): DeliveryTerms {
  return {
    hosted: false,
    vastVersions: [],
    maxWrappers: null,
    adVerifications: true,
    vpaid: false,
    clickThrough: false,
    oneDurationPerTag: false,
    mezzanineRequired: false,
    corsRequired: false,
    adIdRequired: false,
    notes: [],
    ...own,
  };
}

export type PackDraft = Omit<SpecPack, 'version' | 'effectiveOn' | 'position' | 'defaultMatrix'>;
