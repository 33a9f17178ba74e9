import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BACKUP_PATHS,
  BackupError,
  ByteReader,
  type CreatedBackup,
  createBackup,
  dumpDatabase,
  type Frame,
  filledTables,
  isRunning,
  type MadeBackup,
  type OnTable,
  type RestoreDatabase,
  type RestoredBackup,
  readFrames,
  recordBackup,
  recordVerified,
  refuseFilled,
  restoreBackup,
  type VerifiedBackup,
  verifyBackup,
} from '#modules/backup';
import type { Config } from '../config.ts';
import { systemClock } from '../kernel/clock.ts';
import { createIds } from '../kernel/ids.ts';
import { traced } from '../kernel/tracing.ts';
import {
  acquireDataDirectoryLock,
  applyMigrations,
  type Database,
  maskDatabaseUrl,
  openDatabase,
  parseDatabaseUrl,
  readLock,
  readMigrations,
} from '../platform/database/index.ts';
import { openLocalStore } from '../platform/object-store/index.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { productVersion } from '../product-version.ts';
import { startProcessTracing } from './tracing.ts';

export interface BackupFile {
  path: string;
  passphrase: string;
  onTable?: OnTable;
}

const migrations = { read: () => readMigrations(), apply: applyMigrations };
const keysFileOf = (config: Config): string => join(config.dataDir, 'keys.json');
const storeOf = (config: Config) => openLocalStore(join(config.dataDir, 'files'));

/**
 * Backs up the installation of these settings, running or not.
 * @throws BackupError
 */
export async function backUpInstallation(
  config: Config,
  options: BackupFile & { withFiles: boolean },
): Promise<CreatedBackup> {
  const stopTracing = await startProcessTracing(config, 'backup', createLogger('backup', config.logLevel));
  const source = await openSource(config);
  try {
    return await traced('backup.create', {}, async () =>
      createBackup({
        ...options,
        keysFile: keysFileOf(config),
        store: await storeOf(config),
        dump: source.dump,
        record: source.record,
        engine: source.engine,
        productVersion,
        now: systemClock.now(),
        id: createIds(systemClock, randomBytes).next('backup'),
      }),
    );
  } finally {
    await source.close();
    await stopTracing();
  }
}

/**
 * Proves a backup by restoring it into a throw-away embedded database, and tells the installation of these settings.
 * @throws BackupError
 */
export async function verifyInstallationBackup(config: Config, file: BackupFile): Promise<VerifiedBackup> {
  return verifyBackup({
    ...file,
    store: await storeOf(config),
    migrations,
    openScratch,
    record: async (id) => {
      // A backup can be proved anywhere; only its own installation has something to remember.
      const source = await openSource(config).catch((error: unknown) => {
        if (error instanceof BackupError && error.kind === 'source') return null;
        throw error;
      });
      if (!source) return false;
      try {
        return await source.recordVerified(id);
      } finally {
        await source.close();
      }
    },
    now: () => systemClock.now(),
  });
}

/**
 * Makes the installation of these settings anew from a backup. It must not be running.
 * @throws BackupError, or DataDirectoryLockedError when it runs
 */
export async function restoreInstallation(
  config: Config,
  options: BackupFile & { replace: boolean; allowMissingFiles: boolean },
): Promise<RestoredBackup & { replacedDatabase: string | null }> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const lock = acquireDataDirectoryLock(config.dataDir);
  try {
    const store = await storeOf(config);
    const target = await openTarget(config, options.replace);
    let kept: string | null = null;
    try {
      const restored = await restoreBackup({
        ...options,
        database: target.database,
        migrations,
        store,
        keysFile: keysFileOf(config),
        logDir: join(config.dataDir, 'log'),
        nodeId: config.nodeId,
      });
      kept = await target.keep();
      return { ...restored, replacedDatabase: kept };
    } finally {
      await target.close();
    }
  } finally {
    lock.release();
  }
}

interface Source {
  engine: 'embedded' | 'postgres';
  dump(emit: (frame: Frame) => Promise<void>): Promise<void>;
  record(made: MadeBackup): Promise<void>;
  recordVerified(id: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * The installation's database: opened here, or asked of the server that has the embedded one open.
 * @throws BackupError `source` when there is none
 */
async function openSource(config: Config): Promise<Source> {
  const location = parseDatabaseUrl(config.databaseUrl);
  if (location.kind === 'memory')
    throw new BackupError(
      'source',
      'the database is in memory',
      'Set CUEPOINT_DATABASE_URL to one that is kept.',
    );
  if (location.kind === 'postgres')
    return ofDatabase(await openDatabase({ url: config.databaseUrl, poolSize: 2 }), () => undefined);
  const running = readLock(config.dataDir);
  if (running) return ofServer(config, running);
  if (!existsSync(location.directory))
    throw new BackupError(
      'source',
      `there is no database in ${location.directory}`,
      'Name the data directory of an installation that has been started: --data-dir.',
    );
  const lock = acquireDataDirectoryLock(config.dataDir);
  try {
    return ofDatabase(await openDatabase({ url: config.databaseUrl }), () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function ofDatabase(database: Database, release: () => void): Source {
  return {
    engine: database.kind,
    dump: (emit) => dumpDatabase(database, systemClock.now(), emit),
    record: (made) => recordBackup(database, made),
    recordVerified: (id) => recordVerified(database, id, systemClock.now()),
    async close() {
      await database.close();
      release();
    },
  };
}

function ofServer(config: Config, running: NonNullable<ReturnType<typeof readLock>>): Source {
  const { controlOrigin, token } = running;
  if (controlOrigin === null)
    throw new BackupError(
      'in_use',
      `process ${running.pid} has the embedded database of ${config.dataDir} open and does not say where it answers`,
      'Wait until it has started, or start it again when it is of an older version.',
    );
  const ask = async (path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${controlOrigin}${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    if (!response.ok || !response.body)
      throw new BackupError(
        'in_use',
        `the running server refused ${path} (${response.status})`,
        'Start it again when it is of another version than this command; see its log.',
      );
    return response;
  };
  return {
    engine: 'embedded',
    async dump(emit) {
      const response = await ask(BACKUP_PATHS.dump);
      const bytes = new ByteReader(response.body as unknown as AsyncIterable<Uint8Array>);
      for await (const frame of readFrames(bytes, 'what the server sends')) await emit(frame);
    },
    record: async (made) => void (await ask(BACKUP_PATHS.made, made)),
    async recordVerified(id) {
      const answer = (await (await ask(BACKUP_PATHS.verified, { id })).json()) as { known: boolean };
      return answer.known;
    },
    close: async () => {},
  };
}

const SCRATCH = 'cuepoint-verify-';

/** An embedded database in a directory of its own, which goes with it; with those that killed commands left. */
async function openScratch(): Promise<Database> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(SCRATCH) ? Number.parseInt(name.slice(SCRATCH.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  const directory = join(tmpdir(), `${SCRATCH}${process.pid}-${randomBytes(6).toString('hex')}`);
  const database = await openDatabase({ url: `pglite:${directory}` });
  return {
    ...database,
    async close() {
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Target {
  database: RestoreDatabase;
  /** Puts the restored database in its place. Answers where the one before is kept. */
  keep(): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * Where the backup goes. An embedded database is made beside its place and moved there when it is whole; of a PostgreSQL
 * database everything changes in one transaction.
 */
async function openTarget(config: Config, replace: boolean): Promise<Target> {
  const location = parseDatabaseUrl(config.databaseUrl);
  if (location.kind === 'memory')
    throw new BackupError('source', 'a database in memory keeps nothing', 'Set CUEPOINT_DATABASE_URL.');
  if (location.kind === 'postgres') {
    const database = await openDatabase({ url: config.databaseUrl, poolSize: 1 });
    return { database, keep: async () => null, close: () => database.close() };
  }
  const { directory } = location;
  const present = existsSync(directory);
  if (present && !replace) await refuseFilledDirectory(config.databaseUrl);
  const draft = `${directory}.restoring`;
  await rm(draft, { recursive: true, force: true });
  const database = await openDatabase({ url: `pglite:${draft}` });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await database.close();
    isOpen = false;
  };
  return {
    database,
    async keep() {
      await close();
      const before = `${directory}.before-restore-${systemClock.now().toISOString().replace(/[-:.]/g, '')}`;
      if (present) await rename(directory, before);
      await rename(draft, directory);
      return present ? before : null;
    },
    async close() {
      await close();
      await rm(draft, { recursive: true, force: true });
    },
  };
}

/** @throws BackupError `not_empty` */
async function refuseFilledDirectory(url: string): Promise<void> {
  const database = await openDatabase({ url }).catch((error: unknown) => {
    throw new BackupError(
      'not_empty',
      `there is a database at ${maskDatabaseUrl(url)} that cannot be opened: ${(error as Error).message}`,
      'Say --replace: it is then kept beside.',
    );
  });
  try {
    refuseFilled(await filledTables((text, values) => database.ownerQuery(text, values)));
  } finally {
    await database.close();
  }
}
