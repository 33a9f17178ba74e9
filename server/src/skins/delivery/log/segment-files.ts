import { mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The part of a file handle that the log uses. */
export interface LogFile {
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  stat(): Promise<{ size: number }>;
  close(): Promise<void>;
}

/** All that the log asks of a disk. Tests put one behind it that is full, slow, fails, or loses what was not synced. */
export interface LogFiles {
  open(path: string, flags: string): Promise<LogFile>;
  /** Makes a folder and those above it; they survive a power cut. */
  makeDirectory(path: string): Promise<void>;
  /** Names in a folder, in any order. */
  list(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes created, renamed and removed names of a folder survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  /** Free bytes for this user on the file system of a path; one that cannot say is not held to be full. */
  freeBytes(path: string): Promise<number>;
}

/** The real disk. The log is readable by its owner only. */
export const diskFiles: LogFiles = {
  open: (path, flags) => open(path, flags, 0o600),
  async makeDirectory(path) {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made))
      await syncDirectory(dirname(made));
  },
  list: (path) => readdir(path),
  rename,
  remove: unlink,
  syncDirectory,
  freeBytes: (path) =>
    statfs(path).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.POSITIVE_INFINITY,
    ),
};

export function segmentPath(dir: string, segment: number): string {
  return join(dir, `${String(segment).padStart(8, '0')}.log`);
}

/** Segment numbers present, ascending. */
export async function listSegments(dir: string, files: LogFiles = diskFiles): Promise<number[]> {
  return (await files.list(dir))
    .flatMap((name) => /^(\d{8})\.log$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => left - right);
}

/** Makes a created or renamed file survive a power cut. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts bytes aside that were cut off a torn segment, so that repair never destroys evidence. False when the disk is full:
 * nobody was promised these bytes, and ads must not wait for room for them.
 */
export async function keepTornBytes(
  dir: string,
  segment: number,
  bytes: Buffer,
  files: LogFiles,
): Promise<boolean> {
  const names = await files.list(dir);
  const base = `${String(segment).padStart(8, '0')}.torn-`;
  // One that was begun is left behind by a crash and written over.
  const kept = names.filter((name) => name.startsWith(base) && !name.endsWith('.part'));
  const path = join(dir, `${base}${kept.length + 1}`);
  try {
    const file = await files.open(`${path}.part`, 'w');
    try {
      await writeAll(file, bytes, bytes.length, 0);
      await file.datasync();
    } finally {
      await file.close();
    }
    await files.rename(`${path}.part`, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    // One that stays is written over by the next.
    await files.remove(`${path}.part`).catch(() => undefined);
    return false;
  }
}

/** Writes all of it, in as many pieces as the disk takes. */
export async function writeAll(
  file: LogFile,
  buffer: Buffer,
  bytes: number,
  position: number,
): Promise<void> {
  let written = 0;
  while (written < bytes) {
    const { bytesWritten } = await file.write(buffer, written, bytes - written, position + written);
    if (bytesWritten === 0) throw new Error('the disk took no bytes');
    written += bytesWritten;
  }
}
