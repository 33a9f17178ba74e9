import type { VideoMeasurement } from '@cuepoint/media';
import type { RuleLimits, SpecRule } from './spec-pack.ts';

export interface CheckInput {
  measurement: VideoMeasurement;
  rule: SpecRule;
  /** ISO 3166 code of the market the creative is for; null when unknown. */
  market: string | null;
}

/** What a check saw. `unclear`: the answer depends on something not known; warns at most. */
export interface Observation {
  outcome: 'ok' | 'bad' | 'unclear' | 'no_value';
  measured: string;
  measuredValue: number | string | boolean | null;
  limit: string;
  timecodeMs?: number;
  /** For an outcome other than ok. */
  remedy: string;
}

/** How one kind of rule reads a measurement. Pure; a check gives at least one observation. */
export interface CheckDefinition {
  /** For screens: "Video bitrate". */
  label: string;
  family: 'container' | 'video' | 'timing' | 'audio' | 'stretches';
  /** Streams the check speaks of; without them there is nothing to observe. */
  needs: readonly ('video' | 'audio')[];
  /** The limits a rule of this check may carry. At least one of `requires` must be there. */
  accepts: readonly (keyof RuleLimits)[];
  requires: readonly (keyof RuleLimits)[];
  /** Kind of `oneOf` values. */
  oneOfKind?: 'number' | 'text' | 'size';
  observe(input: CheckInput): Observation[];
}
