import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import { BackupError } from './backup-error.ts';
import type { Query } from './ports.ts';

/** How counting of a node's log goes on after a restore. */
export interface RestoredLog {
  node: string;
  /** Where counting goes on. */
  from: LogPosition;
  /**
   * `continues`: the log is there and is read again from there; `gap`: its part from `wanted` to `from` was pruned;
   * `begins_anew`: it is lost, and the node goes on behind it; `elsewhere`: another machine holds it.
   */
  state: 'continues' | 'gap' | 'begins_anew' | 'elsewhere';
  /** Where the backup had counted to. */
  wanted: LogPosition;
}

/**
 * Looks at the log that lies in this data directory and decides where counting goes on; changes nothing.
 * @param dir of the node's segments; need not exist
 * @throws BackupError `mismatch` when that is the log of somebody else
 */
export async function logAfterRestore(node: string, wanted: LogPosition, dir: string): Promise<RestoredLog> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const segments = names
    .flatMap((name) => /^(\d{8})\.log$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => left - right);
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined)
    return { node, wanted, from: { segment: wanted.segment + 1, offset: 0 }, state: 'begins_anew' };
  if (first > wanted.segment) return { node, wanted, from: { segment: first, offset: 0 }, state: 'gap' };
  const lastBytes = (await stat(segmentPath(dir, last))).size;
  if (last < wanted.segment || (last === wanted.segment && lastBytes < wanted.offset))
    throw new BackupError(
      'mismatch',
      `the log of ${node} in ${dir} ends at segment ${last}, byte ${lastBytes}; the backup had counted to segment ${wanted.segment}, byte ${wanted.offset}: it is another log`,
      'Put the log of that node there, or move this one away: the node then goes on behind it.',
    );
  return { node, wanted, from: wanted, state: 'continues' };
}

/** Stores where counting goes on. A node whose log is lost begins with the next segment, so that no address is used twice. */
export async function continueLog(query: Query, log: RestoredLog, dir: string): Promise<void> {
  if (log.state !== 'gap' && log.state !== 'begins_anew') return;
  await query('update public.log_offset set segment = $2, next_offset = $3 where node = $1', [
    log.node,
    log.from.segment,
    log.from.offset,
  ]);
  if (log.state === 'gap') return;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // The node writes the header into an empty segment when it starts.
  const file = await open(segmentPath(dir, log.from.segment), 'a', 0o600);
  await file.close();
}

const segmentPath = (dir: string, segment: number): string =>
  join(dir, `${String(segment).padStart(8, '0')}.log`);
