import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BackupError, cutError } from './backup-error.ts';
import { FORMAT_VERSION, type Frame } from './domain/format.ts';
import { ByteReader, encodeFrame, readFrames } from './frames.ts';
import { type PassphraseKeys, signDigest } from './wrapped-keys.ts';

/** A backup begins with these, then its version as u32, little-endian. */
const MAGIC = Buffer.from('CUEPOINT BACKUP\n');

/** A backup being written: under its name stands nothing until all of it is on the disk. */
export interface BackupWriter {
  add(frame: Frame): Promise<void>;
  /** Writes the end mark and puts the file in place. Answers its size and the SHA-256 of what the end mark covers. */
  finish(keys: PassphraseKeys): Promise<{ bytes: number; sha256: string }>;
  /** Removes what was written; nothing after `finish`. */
  abandon(): Promise<void>;
}

/**
 * Begins a file that its owner alone can read.
 * @throws BackupError `exists` when there is a file of this name, `not_found` when its directory is not there
 */
export async function createBackupFile(path: string): Promise<BackupWriter> {
  const target = resolve(path);
  await refuseExisting(target);
  await removeAbandoned(target);
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  const file = await openNew(draft);
  const hash = createHash('sha256');
  let bytes = 0;
  let isOpen = true;
  const write = async (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
    await file.writeFile(chunk);
  };
  const version = Buffer.alloc(4);
  version.writeUInt32LE(FORMAT_VERSION);
  await write(Buffer.concat([MAGIC, version]));
  const close = async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    add: (frame) => write(encodeFrame(frame)),
    async finish(keys) {
      const sha256 = hash.copy().digest('hex');
      const mac = signDigest(sha256, keys);
      await write(encodeFrame({ meta: { kind: 'end', sha256, mac }, body: new Uint8Array() }));
      await file.sync();
      await close();
      // A link, unlike a rename, never takes the place of another file.
      await link(draft, target).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') await refuseExisting(target);
        throw error;
      });
      await rm(draft);
      const directory = await open(dirname(target), 'r');
      await directory.sync().finally(() => directory.close());
      return { bytes, sha256 };
    },
    async abandon() {
      await close();
      await rm(draft, { force: true });
    },
  };
}

async function openNew(draft: string): Promise<FileHandle> {
  try {
    return await open(draft, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new BackupError(
      'not_found',
      `there is no directory ${dirname(draft)}`,
      'Make it, or name another file.',
    );
  }
}

/** Null for what is not there; anything else that keeps a file from being looked at is told. */
function absent(path: string): (error: NodeJS.ErrnoException) => null {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new BackupError(
      'not_found',
      `${path} cannot be looked at: ${error.code ?? error.message}`,
      'Check the rights on it and on its directory.',
    );
  };
}

async function refuseExisting(path: string): Promise<void> {
  const there = await stat(path).catch(absent(path));
  if (there)
    throw new BackupError(
      'exists',
      `${path} is there already; a backup never replaces a file`,
      'Name another file, with the date in it for example.',
    );
}

/** What a killed command left beside the same name. */
async function removeAbandoned(target: string): Promise<void> {
  const prefix = `.${basename(target)}.`;
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    const pid = name.startsWith(prefix) ? /^(\d+)\.part$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dirname(target), name), { force: true });
  }
}

/** Whether a process of this machine has that id. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A stored backup, as its frames and a running digest of them. */
export interface BackupReader {
  frames: AsyncGenerator<Frame>;
  /** SHA-256 of the bytes of all frames handed out so far but an end mark, hex. */
  digest(): string;
  /** Bytes read so far. */
  position(): number;
  close(): Promise<void>;
}

/** @throws BackupError `not_found`, `not_a_backup` or `newer`; reading its frames `cut` and `damaged` */
export async function openBackupFile(path: string): Promise<BackupReader> {
  const info = await stat(path).catch(absent(path));
  if (!info?.isFile())
    throw new BackupError('not_found', `there is no file ${path}`, 'Name the file of a backup.');
  const reader = new ByteReader(createReadStream(path, { highWaterMark: 1 << 18 }));
  try {
    const start = await reader.take(MAGIC.length + 4);
    if (info.size > 0 && start.length < MAGIC.length + 4 && MAGIC.subarray(0, start.length).equals(start))
      throw cutError(path, start.length);
    if (!start.subarray(0, MAGIC.length).equals(MAGIC))
      throw new BackupError(
        'not_a_backup',
        `${path} is no backup of this product: it does not begin like one`,
        'Name a file that cuepoint backup create made.',
      );
    const version = start.readUInt32LE(MAGIC.length);
    if (version > FORMAT_VERSION)
      throw new BackupError(
        'newer',
        `${path} is of format ${version}; this version reads format ${FORMAT_VERSION}`,
        'Use the version of the product that made it, or a later one.',
      );
    const hash = createHash('sha256').update(start);
    const frames = readFrames(reader, path, (bytes, meta) => {
      if (meta.kind !== 'end') hash.update(bytes);
    });
    return {
      frames,
      digest: () => hash.copy().digest('hex'),
      position: () => reader.position,
      close: () => reader.close(),
    };
  } catch (error) {
    await reader.close();
    throw error;
  }
}
