import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The part of a file handle that the log uses; tests put a failing or slow disk behind it. */
export interface LogFile {
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  stat(): Promise<{ size: number }>;
  close(): Promise<void>;
}

export interface LogFiles {
  open(path: string, flags: string): Promise<LogFile>;
}

/** The real disk. The log is readable by its owner only. */
export const diskFiles: LogFiles = { open: (path, flags) => open(path, flags, 0o600) };

export function segmentPath(dir: string, segment: number): string {
  return join(dir, `${String(segment).padStart(8, '0')}.log`);
}

/** Segment numbers present, ascending. Creates the folder when missing. */
export async function listSegments(dir: string): Promise<number[]> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const names = await readdir(dir);
  return names
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

export async function removeSegment(dir: string, segment: number): Promise<void> {
  await unlink(segmentPath(dir, segment));
}

/** Puts bytes aside that were cut off a torn segment, so that repair never destroys evidence. */
export async function keepTornBytes(dir: string, segment: number, bytes: Buffer): Promise<string> {
  const names = await readdir(dir);
  const base = `${String(segment).padStart(8, '0')}.torn-`;
  const path = join(dir, `${base}${names.filter((name) => name.startsWith(base)).length + 1}`);
  const handle = await open(`${path}.part`, 'w', 0o600);
  try {
    await handle.write(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.part`, path);
  return path;
}
