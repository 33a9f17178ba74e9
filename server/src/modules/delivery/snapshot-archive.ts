import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { SnapshotBody } from '../../kernel/delivery-protocol.ts';

const HASH = /^[0-9a-f]{64}$/;
const FILE = /^([0-9a-f]{64})\.json\.gz$/;
/** A draft this old belongs to nobody any more. */
const DRAFT_MS = 60 * 60 * 1000;
/** Far above any body that could be served; a damaged file must not fill the memory. */
const MAX_BODY_BYTES = 1024 * 1024 * 1024;

/** Bodies of snapshots by their hash, so that a logged decision can be made again. */
export interface SnapshotArchive {
  /**
   * Keeps a body; one that is kept already counts as used at `builtAt`.
   * @param bodyLine second line of the snapshot file, byte for byte
   * @param builtAt UTC instant
   */
  keep(hash: string, bodyLine: string, builtAt: string): Promise<void>;
  /** Null when it is not kept (any more). @throws Error when what is kept is damaged */
  load(hash: string): Promise<SnapshotBody | null>;
  /** Removes what was last used longer ago than the retention; answers the hashes. */
  prune(now: Date): Promise<string[]>;
}

/**
 * Keeps bodies as compressed files in a directory, readable by this user alone: they hold the keys that sign tracking
 * addresses, as the directory's other files do.
 * @param retentionMs from the last use to the removal
 */
export function fileSnapshotArchive(directory: string, retentionMs: number): SnapshotArchive {
  const pathOf = (hash: string) => join(directory, `${hash}.json.gz`);
  let drafts = 0;
  return {
    async keep(hash, bodyLine, builtAt) {
      if (!HASH.test(hash))
        throw new RangeError(`hash is ${JSON.stringify(hash)}; expected a SHA-256 in hex`);
      const usedAt = new Date(builtAt);
      if (await touched(pathOf(hash), usedAt)) return;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const draft = join(directory, `${hash}.${process.pid}-${++drafts}.draft`);
      await writeFile(draft, await promisify(gzip)(bodyLine), { mode: 0o600 });
      await utimes(draft, usedAt, usedAt);
      await rename(draft, pathOf(hash));
    },
    async load(hash) {
      if (!HASH.test(hash)) return null;
      const packed = await readFile(pathOf(hash)).catch(unlessMissing);
      if (packed === null) return null;
      const line = await promisify(gunzip)(packed, { maxOutputLength: MAX_BODY_BYTES });
      const found = createHash('sha256').update(line).digest('hex');
      if (found !== hash) throw new Error(`the kept snapshot ${hash} is damaged: it hashes to ${found}`);
      return SnapshotBody.parse(JSON.parse(line.toString('utf8')));
    },
    async prune(now) {
      const names = (await readdir(directory).catch(unlessMissing)) ?? [];
      const removed: string[] = [];
      for (const name of names) {
        const hash = FILE.exec(name)?.[1];
        if (hash === undefined && !name.endsWith('.draft')) continue;
        const facts = await stat(join(directory, name)).catch(unlessMissing);
        const limitMs = hash === undefined ? DRAFT_MS : retentionMs;
        if (facts === null || now.getTime() - facts.mtimeMs <= limitMs) continue;
        await rm(join(directory, name), { force: true });
        if (hash !== undefined) removed.push(hash);
      }
      return removed.sort();
    },
  };
}

/** Sets the time of last use; false when there is no such file. Never back: a late caller must not age a file. */
async function touched(path: string, usedAt: Date): Promise<boolean> {
  const facts = await stat(path).catch(unlessMissing);
  if (facts === null) return false;
  if (facts.mtimeMs < usedAt.getTime()) await utimes(path, usedAt, usedAt);
  return true;
}

function unlessMissing(error: unknown): null {
  if ((error as { code?: string }).code === 'ENOENT') return null;
  throw error;
}
