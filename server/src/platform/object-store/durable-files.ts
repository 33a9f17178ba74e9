import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A rename is only safe from power loss when its directory is on the disk too. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems cannot; there the rename is as safe as it gets.
    if (!['EINVAL', 'EPERM', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/** Takes away what a crash left half-written. Young files may belong to another process that is still writing. */
export async function removeAbandoned(folder: string, afterMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const info = await stat(join(folder, name)).catch(absent);
    if (info !== null && Date.now() - info.mtimeMs > afterMs) await rm(join(folder, name), { force: true });
  }
}

/** Null for a file that is not there. */
export function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
