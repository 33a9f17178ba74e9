import { join } from 'node:path';
import type { ObjectStore } from '../../platform/object-store/index.ts';
import { BackupError } from './backup-error.ts';
import { openBackupFile } from './backup-file.ts';
import { loadDatabase } from './load.ts';
import { continueLog, logAfterRestore, type RestoredLog } from './node-log.ts';
import { restoreObjects } from './objects.ts';
import type { Migrations, OnTable, RestoreDatabase } from './ports.ts';
import { stageKeys } from './restored-keys.ts';
import { type BackupContents, scanBackup } from './scan.ts';

export interface RestoreBackupOptions {
  path: string;
  passphrase: string;
  database: RestoreDatabase;
  migrations: Migrations;
  store: Pick<ObjectStore, 'sizeOf' | 'put'>;
  /** File for the keys of the data directory. */
  keysFile: string;
  /** What is there may go. */
  replace: boolean;
  /** Go on when files of the object store are neither in the backup nor there. */
  allowMissingFiles: boolean;
  /** Where delivery nodes of this machine keep their logs, one folder each, and which node is this machine's. */
  logDir: string;
  nodeId: string;
  onTable?: OnTable | undefined;
}

export interface RestoredBackup {
  id: string;
  createdAt: string;
  takenAt: string;
  tables: Array<{ name: string; rows: number }>;
  objects: BackupContents['objects'] & { restored: number; missing: string[] };
  logs: RestoredLog[];
  /** Where the keys are that were there before. */
  keptKeys: string | null;
}

/**
 * Makes an installation of a backup: files, keys and database. The database comes in one transaction; until it ends,
 * nothing that was there has changed but for files of the object store, which harm nobody.
 * @throws BackupError
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoredBackup> {
  const { path, database } = options;
  const contents = await scanBackup(path, options.passphrase);
  const logs = await logsAfterRestore(contents, options);
  const keys = await stageKeys(options.keysFile, contents.keys, options.replace);
  let tables: RestoredBackup['tables'];
  let files: { restored: number; missing: string[] };
  try {
    files = await restoreObjects(path, options.store);
    if (files.missing.length > 0 && !options.allowMissingFiles)
      throw new BackupError(
        'objects',
        `${files.missing.length} files are neither in the backup nor in the object store: ${files.missing.slice(0, 3).join(', ')}${files.missing.length > 3 ? ', …' : ''}`,
        'Copy the files of the old data directory first, or say --allow-missing-files.',
      );
    const reader = await openBackupFile(path);
    try {
      tables = await database.ownerTransaction(async (query) => {
        const loaded = await loadDatabase(query, reader.frames, {
          what: path,
          replace: options.replace,
          migrations: options.migrations,
          onTable: options.onTable,
        });
        for (const log of logs) await continueLog(query, log, join(options.logDir, log.node));
        // Before the end of the transaction: a server that found the rows without their keys would make others.
        await keys.place();
        return loaded;
      });
    } finally {
      await reader.close();
    }
  } catch (error) {
    await keys.undo();
    throw error;
  }
  await database.migrate();
  const { id, createdAt } = contents.backup;
  return {
    id,
    createdAt,
    takenAt: contents.database.takenAt,
    tables,
    objects: { ...contents.objects, ...files },
    logs,
    keptKeys: keys.keptAt,
  };
}

function logsAfterRestore(
  { database }: BackupContents,
  { logDir, nodeId }: RestoreBackupOptions,
): Promise<RestoredLog[]> {
  return Promise.all(
    Object.entries(database.logPositions).map(([node, wanted]) =>
      node === nodeId
        ? logAfterRestore(node, wanted, join(logDir, node))
        : Promise.resolve({ node, wanted, from: wanted, state: 'elsewhere' as const }),
    ),
  );
}
