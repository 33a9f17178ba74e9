import type { Fragment } from './fragments.ts';
import type { InitTrack } from './init-segment.ts';

/** A segment: where its bytes lie, and how long it lasts. */
export interface CutSegment {
  offset: number;
  sizeBytes: number;
  /** Whole microseconds; all of a track add up to its length. */
  durationUs: number;
}

export interface ExpectedLength {
  durationMs: number;
  /** How far the samples may be off. */
  toleranceMs: number;
  /** The track lasts `durationMs` whatever its last samples say; else the samples count. */
  isExact: boolean;
}

export type Cuts = { ok: true; segments: CutSegment[] } | { ok: false; problem: string };

/**
 * Turns the fragments of one track into segments on the timeline that players see: it starts at 0, where the edit list
 * says, and each segment lasts until the next begins. Rounding never adds up, for boundaries are rounded, not lengths.
 */
export function cutsOf(track: InitTrack, fragments: readonly Fragment[], expected: ExpectedLength): Cuts {
  const what = track.kind === 'video' ? 'picture' : 'sound';
  if (!track.isPlain) return misfit(`the ${what} has an edit list or is turned`);
  const first = fragments[0];
  if (!first) return misfit(`the ${what} has no samples`);
  const usOf = (ticks: number) => Math.round(((ticks - track.skippedTicks) * 1e6) / track.timescale);
  // Before 0 lies what the edit list skips; a later start would put sound and picture out of step.
  const startUs = usOf(first.startTicks);
  if (startUs > 1000) return misfit(`the ${what} starts at ${startUs / 1000} ms`);
  const endUs = usOf(Math.max(...fragments.map((one) => one.endTicks)));
  if (Math.abs(endUs / 1000 - expected.durationMs) > expected.toleranceMs) {
    return misfit(`the ${what} lasts ${endUs / 1000} ms and was measured with ${expected.durationMs} ms`);
  }
  const bounds = [0, ...fragments.slice(1).map((one) => usOf(one.startTicks))];
  bounds.push(expected.isExact ? expected.durationMs * 1000 : endUs);
  const segments = fragments.map(({ offset, sizeBytes }, index) => ({
    offset,
    sizeBytes,
    durationUs: bounds[index + 1]! - bounds[index]!,
  }));
  const empty = segments.findIndex((one) => one.durationUs <= 0);
  return empty < 0
    ? { ok: true, segments }
    : misfit(`segment ${empty + 1} of the ${what} lasts ${segments[empty]!.durationUs / 1000} ms`);
}

function misfit(problem: string): Cuts {
  return { ok: false, problem };
}
