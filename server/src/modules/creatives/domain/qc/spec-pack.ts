/**
 * A destination's demands on a video file, as data: stored, versioned, edited and
 * extended by users. What each check means is in checks/; what a pack may hold is
 * verified by checkSpecPack.
 */
export interface SpecPack {
  id: string;
  name: string;
  kind: 'own_server' | 'dsp' | 'publisher' | 'ssp' | 'social';
  version: string;
  /** ISO date from which this version is held to be right. */
  effectiveOn: string;
  /** Whether it is a column of the matrix every creative is checked against, and at which place. */
  defaultMatrix: boolean;
  position: number;
  sources: readonly string[];
  rules: readonly SpecRule[];
  delivery: DeliveryTerms;
}

/**
 * How sure a figure is: `D` read in a public document of the destination, `T` restated by the trade and not by the
 * destination itself, `R` commonly stated without a public document (warns only, until a user confirms it), `O` a rule
 * of this server.
 */
export type SpecConfidence = 'D' | 'T' | 'R' | 'O';

export type QcCheck =
  | 'video_present'
  | 'container'
  | 'moov_first'
  | 'file_size'
  | 'total_bitrate'
  | 'video_codec'
  | 'video_profile'
  | 'video_level'
  | 'pixel_format'
  | 'color_primaries'
  | 'resolution'
  | 'aspect_ratio'
  | 'sample_aspect'
  | 'progressive'
  | 'frame_rate'
  | 'frame_rate_constant'
  | 'video_bitrate'
  | 'duration'
  | 'audio_length'
  | 'audio_present'
  | 'audio_tracks'
  | 'audio_codec'
  | 'audio_sample_rate'
  | 'audio_channels'
  | 'audio_bitrate'
  | 'loudness'
  | 'true_peak'
  | 'black'
  | 'frozen'
  | 'silent';

export type RuleSeverity = 'block' | 'warn';

/** What a rule may limit. Numbers are in the unit of its check: ms, bits per second, bytes, fps, Hz, LUFS, dBTP. */
export interface RuleLimits {
  min?: number;
  max?: number;
  /** Shown beside the limit; never decides. */
  recommended?: number | string;
  /** Accepted values: numbers, or names such as `h264` or `16:9`; sizes as `1920x1080`. */
  oneOf?: readonly (number | string)[];
  /** Resolution: the picture must be at least as large as one of these, both ways. */
  minSizes?: readonly string[];
  /** Either side of every number above, in the unit of the check. */
  tolerance?: number;
  /** Duration: the same, in frames of the file. */
  toleranceFrames?: number;
  /** Duration: lists of certain markets; `oneOf` then holds for the markets not named. */
  byMarket?: readonly { markets: readonly string[]; oneOf: readonly number[] }[];
  /** Yes-or-no checks: what is wanted; yes when absent. */
  expected?: boolean;
  /** Black, frozen, silent: only stretches that touch the first or last tenth of a second. */
  where?: 'anywhere' | 'edges';
}

export interface SpecRule extends RuleLimits {
  /** Unique within its pack. */
  id: string;
  check: QcCheck;
  severity: RuleSeverity;
  /** The rule holds only for files with one of these video codecs. */
  onlyVideoCodecs?: readonly string[];
  /** A public address, or where else the figure comes from. */
  source: string;
  confidence: SpecConfidence;
  /** When a user confirmed a figure of confidence R; only then may it block. */
  confirmedAt?: string;
  note?: string;
}

/** What the destination wants of the tag and the hand-over, for VAST variants and trafficking. */
export interface DeliveryTerms {
  /** The destination hosts the file; no VAST tag is handed over. */
  hosted: boolean;
  /** VAST versions accepted; empty when hosted or not stated. */
  vastVersions: readonly string[];
  /** Null: not stated. */
  maxWrappers: number | null;
  /** AdVerifications (OMID) may be in the document. */
  adVerifications: boolean;
  vpaid: boolean;
  /** ClickThrough may be in the document. */
  clickThrough: boolean;
  oneDurationPerTag: boolean;
  mezzanineRequired: boolean;
  corsRequired: boolean;
  adIdRequired: boolean;
  notes: readonly string[];
}

/** A figure nobody has confirmed may warn, never block, whatever its row says. */
export function effectiveSeverity(rule: SpecRule): RuleSeverity {
  return rule.confidence === 'R' && rule.confirmedAt === undefined ? 'warn' : rule.severity;
}
