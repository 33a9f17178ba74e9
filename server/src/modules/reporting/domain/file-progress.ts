/** What is known of the figures that a run is about. */
export interface FileState {
  /** The end of its last day. */
  endsAt: Date;
  scheduledFor: Date;
  createdAt: Date;
  /** Events are counted up to there; null when that is not known. */
  freshAt: Date | null;
  now: Date;
  patienceMs: number;
}

export type FileProgress =
  | { kind: 'wait'; delayMs: number; reason: string }
  /** `missing` says what is not in it; null when nothing is. */
  | { kind: 'ready'; missing: string | null };

const SHORT_MS = 60_000;

/**
 * Whether everything that had happened of the days of a run by its time is counted. It waits for that, soon again where
 * little is missing, until its patience ends; from then on it is sent with what is missing said.
 */
export function fileProgress({
  endsAt,
  scheduledFor,
  createdAt,
  freshAt,
  now,
  patienceMs,
}: FileState): FileProgress {
  const needed = endsAt < scheduledFor ? endsAt : scheduledFor;
  if (freshAt !== null && freshAt >= needed) return { kind: 'ready', missing: null };
  const counted =
    freshAt === null
      ? 'it is not known up to when events are counted'
      : `events are counted up to ${freshAt.toISOString()}`;
  const missing = `${counted}; this report needs them up to ${needed.toISOString()}`;
  const leftMs = createdAt.getTime() + patienceMs - now.getTime();
  if (leftMs <= 0) return { kind: 'ready', missing };
  const behindMs = freshAt === null ? Number.POSITIVE_INFINITY : needed.getTime() - freshAt.getTime();
  return {
    kind: 'wait',
    delayMs: Math.min(leftMs, behindMs <= SHORT_MS ? 5_000 : SHORT_MS),
    reason: missing,
  };
}
