import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ObjectStore } from '../../platform/object-store/index.ts';
import { BackupError } from './backup-error.ts';
import { createBackupFile } from './backup-file.ts';
import type { Frame, MetaOf } from './domain/format.ts';
import type { OnTable } from './ports.ts';
import type { MadeBackup } from './records.ts';
import { newPassphraseKeys, wrapKeys } from './wrapped-keys.ts';

export interface CreateBackupOptions {
  /** Of the new file. */
  path: string;
  passphrase: string;
  /** File with the keys of the data directory. */
  keysFile: string;
  store: Pick<ObjectStore, 'list' | 'sizeOf' | 'read'>;
  /** Whether files of the object store go in, or are only listed. */
  withFiles: boolean;
  /** The database's frames, in order. */
  dump(emit: (frame: Frame) => Promise<void>): Promise<void>;
  /** Remembers the backup in the installation; called once the file is in place. */
  record(made: MadeBackup): Promise<void>;
  engine: 'embedded' | 'postgres';
  productVersion: string;
  now: Date;
  /** Of the new backup, `bak_…`. */
  id: string;
  onTable?: OnTable | undefined;
}

export interface CreatedBackup {
  id: string;
  path: string;
  bytes: number;
  sha256: string;
  takenAt: string;
  tables: number;
  rows: number;
  objects: { count: number; bytes: number; held: number };
  logPositions: MadeBackup['logPositions'];
}

const CHUNK_BYTES = 1 << 20;

/**
 * Writes one file with everything that an installation is made of. It holds no more than a page of rows in memory.
 * Nothing stands under its name before it is whole.
 * @throws BackupError
 */
export async function createBackup(options: CreateBackupOptions): Promise<CreatedBackup> {
  const { path, id } = options;
  const keys = await newPassphraseKeys(options.passphrase);
  const wrapped = wrapKeys(await readKeys(options.keysFile), keys, id);
  const writer = await createBackupFile(path);
  try {
    const createdAt = options.now.toISOString();
    const { productVersion, engine } = options;
    await writer.add({
      meta: { kind: 'backup', id, createdAt, productVersion, engine },
      body: new Uint8Array(),
    });
    await writer.add(wrapped);
    let database: MetaOf<'database'> | null = null;
    let rows = 0;
    let whole = false;
    await options.dump(async (frame) => {
      const { meta } = frame;
      if (meta.kind === 'database') database = meta;
      if (meta.kind === 'table') {
        rows += meta.rows;
        await options.onTable?.(meta.table, meta.rows);
      }
      if (meta.kind === 'database-end') whole = true;
      await writer.add(frame);
    });
    // Told by the frames themselves: a stream between two processes may end without an error.
    const taken = database as MetaOf<'database'> | null;
    if (!whole || taken === null)
      throw new BackupError(
        'source',
        'the database was not read to its end',
        'Try again; see the log of the server.',
      );
    const objects = await addObjects(options, (frame) => writer.add(frame));
    const { bytes, sha256 } = await writer.finish(keys);
    const { takenAt, logPositions } = taken;
    await options.record({ id, takenAt, logPositions });
    return { id, path, bytes, sha256, takenAt, tables: taken.tables.length, rows, objects, logPositions };
  } finally {
    await writer.abandon();
  }
}

async function readKeys(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(
      'source',
      `the keys ${path} cannot be read (${error.code})`,
      'Run the backup where the control plane runs, with its --data-dir.',
    );
  });
}

/** Lists the store after the database was read: whatever a row names is in it by then. */
async function addObjects(
  { store, withFiles }: CreateBackupOptions,
  add: (frame: Frame) => Promise<void>,
): Promise<CreatedBackup['objects']> {
  const totals = { count: 0, bytes: 0, held: 0 };
  for await (const { sha256, extension } of store.list()) {
    const sizeBytes = await store.sizeOf(sha256, extension);
    // Removed since it was listed: nothing names it any more.
    if (sizeBytes === null) continue;
    await add({
      meta: { kind: 'object', sha256, extension, sizeBytes, held: withFiles },
      body: new Uint8Array(),
    });
    totals.count++;
    totals.bytes += sizeBytes;
    if (!withFiles) continue;
    totals.held++;
    const hash = createHash('sha256');
    let pending: Uint8Array[] = [];
    let pendingBytes = 0;
    const flush = async () => {
      if (pendingBytes > 0) await add({ meta: { kind: 'bytes' }, body: Buffer.concat(pending) });
      pending = [];
      pendingBytes = 0;
    };
    for await (const chunk of store.read(sha256, extension) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes >= CHUNK_BYTES) await flush();
    }
    await flush();
    if (hash.digest('hex') !== sha256)
      throw new BackupError(
        'objects',
        `the stored file ${sha256}.${extension} is not what its name says`,
        'Bring it back from an older backup, or remove it, then make the backup again.',
      );
  }
  await add({
    meta: { kind: 'objects-end', objects: totals.count, bytes: totals.bytes },
    body: new Uint8Array(),
  });
  return totals;
}
