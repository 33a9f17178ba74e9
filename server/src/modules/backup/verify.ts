import { open, rename } from 'node:fs/promises';
import type { ObjectStore } from '../../platform/object-store/index.ts';
import { BackupError } from './backup-error.ts';
import { openBackupFile } from './backup-file.ts';
import { loadDatabase } from './load.ts';
import { checkObjects } from './objects.ts';
import type { Migrations, OnTable, RestoreDatabase } from './ports.ts';
import { type BackupContents, scanBackup } from './scan.ts';

export interface VerifyBackupOptions {
  path: string;
  passphrase: string;
  store: Pick<ObjectStore, 'sizeOf' | 'read'>;
  migrations: Migrations;
  /** Opens an empty database that is thrown away by `close`. */
  openScratch(): Promise<RestoreDatabase & { close(): Promise<void> }>;
  /** Remembers it in the installation; false when it is none of this installation. */
  record(id: string): Promise<boolean>;
  now(): Date;
  onTable?: OnTable | undefined;
}

export interface VerifiedBackup {
  id: string;
  path: string;
  createdAt: string;
  takenAt: string;
  verifiedAt: string;
  productVersion: string;
  sha256: string;
  tables: Array<{ name: string; rows: number }>;
  objects: BackupContents['objects'];
  logPositions: BackupContents['database']['logPositions'];
  /** Whether the installation that was asked made it: only then does it count there. */
  recorded: boolean;
}

/**
 * Proves a backup: reads every byte, restores it into a database of its own and compares every table with what was saved,
 * brings that up to this version, and looks up every file that it only lists. Writes `<path>.verified` beside it.
 * @throws BackupError naming the first thing that is wrong
 */
export async function verifyBackup(options: VerifyBackupOptions): Promise<VerifiedBackup> {
  const { path, migrations } = options;
  const contents = await scanBackup(path, options.passphrase);
  const scratch = await options.openScratch();
  let tables: VerifiedBackup['tables'];
  try {
    const reader = await openBackupFile(path);
    try {
      tables = await scratch.ownerTransaction((query) =>
        loadDatabase(query, reader.frames, {
          what: path,
          replace: false,
          migrations,
          onTable: options.onTable,
        }),
      );
    } finally {
      await reader.close();
    }
    await scratch.migrate();
  } finally {
    await scratch.close();
  }
  const problems = await checkObjects(path, options.store);
  if (problems.length > 0) {
    const named = problems.slice(0, 5).map(({ file, problem }) => `${file} is ${problem}`);
    throw new BackupError(
      'objects',
      `${problems.length} of ${contents.objects.count} files that the backup lists are not in the object store as they were: ${named.join(', ')}${problems.length > 5 ? ', …' : ''}`,
      'Verify on the machine that has the files, or make backups with --with-files.',
    );
  }
  const { backup, database, objects, sha256 } = contents;
  const { id, createdAt, productVersion } = backup;
  const { takenAt, logPositions } = database;
  const verifiedAt = options.now().toISOString();
  const said = {
    id,
    path,
    createdAt,
    takenAt,
    verifiedAt,
    productVersion,
    sha256,
    tables,
    objects,
    logPositions,
  };
  await writeMark(`${path}.verified`, said);
  return { ...said, recorded: await options.record(id) };
}

async function writeMark(path: string, said: object): Promise<void> {
  const file = await open(`${path}.part`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(said, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}
