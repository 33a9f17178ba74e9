import type { ViewerErasure } from '@cuepoint/contract';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A segment may stay open for a day, and logs are looked at once a day. */
const LATEST_LOOK_MS = 2 * DAY_MS;
/** A record may wait this long for the disk, and so lie in a segment that was begun after it. */
const WRITE_DELAY_MS = 60_000;

/** When the logs have forgotten what was recorded before the request, at the latest. */
export function goneBy(requestedAt: Date, logKeepMs: number): Date {
  return new Date(requestedAt.getTime() + logKeepMs + LATEST_LOOK_MS);
}

/** Whether no log has a record from before the request. @param logsFrom when the oldest segment of each was begun */
export function isGone(requestedAt: Date, logsFrom: readonly (string | null)[]): boolean {
  return logsFrom.every((from) => from !== null && Date.parse(from) > requestedAt.getTime() + WRITE_DELAY_MS);
}

interface Progress {
  requestedAt: Date;
  nodesAt: Date | null;
  nodesProblem: string | null;
  archiveAt: Date | null;
  archiveProblem: string | null;
  goneAt: Date | null;
}

export function stateOf({ nodesAt, archiveAt, goneAt }: Progress): ViewerErasure['state'] {
  if (goneAt !== null) return 'complete';
  return nodesAt === null || archiveAt === null ? 'pending' : 'expiring';
}

/** Every place that could hold a viewer, those that never do among them. */
export function placesOf(
  progress: Progress,
  records: { nodeMemory: number | null; archive: number | null },
): ViewerErasure['places'] {
  const { nodesAt, archiveAt, goneAt } = progress;
  const at = (instant: Date | null) => instant?.toISOString() ?? null;
  const done = (instant: Date | null) => (instant === null ? ('pending' as const) : ('erased' as const));
  const none = { state: 'holds_none' as const, records: 0, at: at(progress.requestedAt), problem: null };
  return [
    { place: 'database', ...none },
    {
      place: 'node_memory',
      state: done(nodesAt),
      records: records.nodeMemory,
      at: at(nodesAt),
      problem: nodesAt === null ? progress.nodesProblem : null,
    },
    {
      place: 'archive',
      state: done(archiveAt),
      records: records.archive,
      at: at(archiveAt),
      problem: archiveAt === null ? progress.archiveProblem : null,
    },
    {
      place: 'node_logs',
      state: goneAt !== null ? 'erased' : nodesAt === null ? 'pending' : 'expiring',
      records: null,
      at: at(goneAt),
      problem: null,
    },
    { place: 'backups', ...none },
  ];
}
