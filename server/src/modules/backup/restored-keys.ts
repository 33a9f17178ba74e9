import { copyFile, open, readFile, rename, rm } from 'node:fs/promises';
import { BackupError } from './backup-error.ts';

/** Keys on their way into a data directory. */
export interface StagedKeys {
  /** Puts them in place; those that were there are kept beside. */
  place(): Promise<void>;
  /** Takes them back. */
  undo(): Promise<void>;
  /** Where the keys are that were there before; null when there were none, or the same. */
  readonly keptAt: string | null;
}

/** @throws BackupError `not_empty` when other keys are there and may not go */
export async function stageKeys(path: string, content: Buffer, replace: boolean): Promise<StagedKeys> {
  const present = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (present?.equals(content)) return { keptAt: null, place: async () => {}, undo: async () => {} };
  if (present !== null && !replace)
    throw new BackupError(
      'not_empty',
      `${path} holds the keys of another installation`,
      'Restore into a new data directory, or say --replace: those keys are then kept beside.',
    );
  const staged = `${path}.restored`;
  const keptAt = present === null ? null : `${path}.before-restore`;
  const file = await open(staged, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  let placed = false;
  return {
    keptAt,
    async place() {
      if (keptAt) await copyFile(path, keptAt);
      await rename(staged, path);
      placed = true;
    },
    async undo() {
      await rm(staged, { force: true });
      if (!placed) return;
      if (keptAt) await rename(keptAt, path);
      else await rm(path, { force: true });
    },
  };
}
