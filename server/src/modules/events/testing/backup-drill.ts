import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BackupError, type BackupErrorKind } from '#modules/backup';
import { systemClock } from '../../../kernel/clock.ts';
import type { Database } from '../../../platform/database/index.ts';
import { loadKeyRing } from '../../../platform/keys/key-ring.ts';
import { backUpInstallation, restoreInstallation } from '../../../processes/backup.ts';
import { startChild } from '../../../testing/child.ts';
import { postgresMissingReason, startPostgres, type TestPostgres } from '../../../testing/postgres-server.ts';
import { createIngester } from '../ingester.ts';
import {
  allRows,
  backupSites,
  countedRows,
  type FilledSite,
  fillSite,
  passphrase,
  type Site,
  type Sites,
  writeSegments,
} from './backup-world.ts';

type Kind = Database['kind'];

export interface DrillWorld {
  sites: Sites;
  /** A filled installation of each kind of database that there is. */
  filled: Map<Kind, FilledSite>;
  /** Of that installation, with its files. */
  backupOf(kind: Kind): string;
}

/** Which databases there are to test with; says why one is not. */
export function databaseKinds(): Kind[] {
  const missing = postgresMissingReason();
  if (missing !== null) console.warn(`backups: skipped on PostgreSQL: ${missing}`);
  return missing === null ? ['embedded', 'postgres'] : ['embedded'];
}

/** An installation of each kind, and a backup of each, for all cases of a file. */
export function drillWorld(kinds: readonly Kind[]): DrillWorld {
  let server: TestPostgres | null = null;
  const sites = backupSites(() => server);
  const world: DrillWorld = {
    sites,
    filled: new Map(),
    backupOf: (kind) => sites.path(`${kind}.backup`),
  };
  beforeAll(async () => {
    server = kinds.includes('postgres') ? await startPostgres() : null;
    for (const kind of kinds) {
      const site = await fillSite(await sites.empty(kind));
      world.filled.set(kind, site);
      await backUpInstallation(site.config, { path: world.backupOf(kind), passphrase, withFiles: true });
    }
  }, 240_000);
  afterAll(async () => {
    await server?.stop();
    sites.remove();
  });
  return world;
}

/** Opens a site's database for some work. */
export async function read<T>(site: Site, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await site.open();
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Why something was refused; throws when it was not. */
export async function refusal(work: Promise<unknown>): Promise<{ kind: BackupErrorKind; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BackupError) return { kind: error.kind, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

/** Options of a restore that takes no chances. */
export const plain = { passphrase, replace: false, allowMissingFiles: false };

/** What was backed up of one kind of database is restored into another. */
export function drillCases(
  world: DrillWorld,
  pairs: ReadonlyArray<readonly [Database['kind'], Database['kind']]>,
): void {
  it.each(pairs)(
    'a backup of %s restored into %s is the same, and counts on from the log',
    async (from, to) => {
      const source = world.filled.get(from)!;
      const target = await world.sites.empty(to);
      writeSegments(target, source.log);
      const restored = await restoreInstallation(target.config, { ...plain, path: world.backupOf(from) });
      const { backup: made, ...before } = await read(source, allRows);
      const { backup: known, ...after } = await read(target, allRows);
      expect(Object.values(before).filter((rows) => rows.length === 0)).toEqual([]);
      expect(after).toEqual(before);
      // Its own row was written when it was whole.
      expect(known).toHaveLength(1);
      expect(made).toEqual(expect.arrayContaining(known!));
      expect(restored.logs).toContainEqual(expect.objectContaining({ node: 'node-1', state: 'continues' }));
      expect(loadKeyRing(target.config.dataDir)).toEqual(loadKeyRing(source.config.dataDir));
      const files = (site: Site) =>
        readdirSync(join(site.config.dataDir, 'files'), { recursive: true, encoding: 'utf8' }).sort();
      expect(files(target)).toEqual(files(source));
      expect(restored.objects).toMatchObject({ count: 3, restored: 3, missing: [] });

      await read(target, async (database) => {
        expect(await countedRows(database, source.accounts)).not.toEqual(source.counts);
        await createIngester({ database, source: source.log, clock: systemClock }).ingestNow();
        expect(await countedRows(database, source.accounts)).toEqual(source.counts);
      });
    },
    120_000,
  );
}

/** What a restore does to what is there, and when it is killed. */
export function restoreCases(world: DrillWorld, kind: Kind): void {
  describe(`a restore into ${kind}`, () => {
    const path = () => world.backupOf('embedded');

    it('leaves what is there alone unless told, and then replaces all of it', async () => {
      const target = await world.sites.empty(kind);
      await fillSite(target);
      const before = await read(target, allRows);
      expect((await refusal(restoreInstallation(target.config, { ...plain, path: path() }))).kind).toBe(
        'not_empty',
      );
      expect(await read(target, allRows)).toEqual(before);
      const keys = loadKeyRing(target.config.dataDir);
      const restored = await restoreInstallation(target.config, { ...plain, path: path(), replace: true });
      expect(restored.keptKeys).not.toBeNull();
      expect(JSON.parse(readFileSync(restored.keptKeys!, 'utf8'))).toEqual(keys);
      const after = await read(target, allRows);
      expect(after.account).toEqual((await read(world.filled.get('embedded')!, allRows)).account);
      expect(after.account).not.toEqual(before.account);
    }, 120_000);

    it('that is killed in the middle leaves nothing, and can be done again', async () => {
      const target = await world.sites.empty(kind);
      const { dataDir, databaseUrl } = target.config;
      const child = startChild(new URL('../../../processes/backup.child.ts', import.meta.url), [
        'restore',
        dataDir,
        databaseUrl,
        path(),
        passphrase,
      ]);
      await child.waitFor((line) => line === 'at the second table');
      await child.kill();
      expect(existsSync(join(dataDir, 'keys.json'))).toBe(false);
      if (kind === 'embedded') expect(existsSync(join(dataDir, 'database'))).toBe(false);
      else {
        const { rows } = await read(target, (database) =>
          database.ownerQuery(
            "select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace",
          ),
        );
        expect(rows).toEqual([{ n: 0 }]);
      }
      const restored = await restoreInstallation(target.config, { ...plain, path: path() });
      expect(restored.logs).toContainEqual(expect.objectContaining({ state: 'begins_anew' }));
    }, 120_000);

    it('is refused while the installation runs', async () => {
      const target = await world.sites.empty(kind);
      const child = startChild(new URL('../../../processes/backup.child.ts', import.meta.url), [
        'restore',
        target.config.dataDir,
        target.config.databaseUrl,
        path(),
        passphrase,
      ]);
      await child.waitFor((line) => line === 'at the second table');
      await expect(restoreInstallation(target.config, { ...plain, path: path() })).rejects.toThrow(
        'in use by process',
      );
      await child.kill();
    }, 60_000);
  });
}

/** What a killed backup leaves. */
export function killedBackupCases(world: DrillWorld): void {
  describe('a backup that is killed in the middle', () => {
    it('leaves no file of its name, and nothing after the next one', async () => {
      const { config } = [...world.filled.values()].at(-1)!;
      const path = world.sites.path('killed.backup');
      const args = ['create', config.dataDir, config.databaseUrl, path, passphrase];
      const child = startChild(new URL('../../../processes/backup.child.ts', import.meta.url), args);
      await child.waitFor((line) => line === 'at the second table');
      await child.kill();
      const left = () => readdirSync(world.sites.path('.')).filter((name) => name.includes('killed'));
      expect(left()).toEqual([expect.stringMatching(/^\.killed\.backup\.\d+\.part$/)]);
      await backUpInstallation(config, { path, passphrase, withFiles: false });
      expect(left()).toEqual(['killed.backup']);
    }, 60_000);
  });
}

/** How counting goes on. */
export function nodeLogCases(world: DrillWorld): void {
  describe('the log of a node after a restore', () => {
    it('goes on behind what is lost, says what was pruned, and is not taken for another', async () => {
      const { log } = world.filled.get('embedded')!;
      const path = world.backupOf('embedded');
      const position = async (site: Site) => {
        const { rows } = await read(site, (database) =>
          database.ownerQuery(
            "select segment::int, next_offset::int as offset from log_offset where node = 'node-1'",
          ),
        );
        return rows[0];
      };
      const lost = await world.sites.empty('embedded');
      const restored = await restoreInstallation(lost.config, { ...plain, path });
      const ours = restored.logs.find(({ node }) => node === 'node-1')!;
      const { wanted } = ours;
      expect(ours).toMatchObject({
        state: 'begins_anew',
        from: { segment: wanted.segment + 1, offset: 0 },
      });
      expect(await position(lost)).toEqual({ segment: wanted.segment + 1, offset: 0 });
      expect(readdirSync(join(lost.config.dataDir, 'log', 'node-1'))).toEqual([
        `${String(wanted.segment + 1).padStart(8, '0')}.log`,
      ]);

      const pruned = await world.sites.empty('embedded');
      writeSegments(pruned, log, wanted.segment + 2);
      const { logs } = await restoreInstallation(pruned.config, { ...plain, path });
      expect(logs).toContainEqual(expect.objectContaining({ node: 'node-1', state: 'gap' }));
      expect(await position(pruned)).toEqual({ segment: wanted.segment + 2, offset: 0 });

      const stranger = await world.sites.empty('embedded');
      const folder = join(stranger.config.dataDir, 'log', 'node-1');
      writeSegments(stranger, log, log.end.segment);
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      writeFileSync(join(folder, '00000001.log'), 'short');
      expect(await refusal(restoreInstallation(stranger.config, { ...plain, path }))).toMatchObject({
        kind: 'mismatch',
      });
    }, 120_000);
  });
}
