import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadKeyRing } from '../../../platform/keys/key-ring.ts';
import { openLocalStore } from '../../../platform/object-store/index.ts';
import {
  backUpInstallation,
  restoreInstallation,
  verifyInstallationBackup,
} from '../../../processes/backup.ts';
import { type DrillWorld, plain, read, refusal } from './backup-drill.ts';
import { passphrase } from './backup-world.ts';

/** What a file of a backup is, and how a bad one is refused. */
export function fileCases(world: DrillWorld): void {
  describe('a backup file', () => {
    const path = () => world.backupOf('embedded');

    it('is for its owner alone, and replaces nothing', async () => {
      expect(statSync(path()).mode & 0o777).toBe(0o600);
      const { config } = world.filled.get('embedded')!;
      const size = statSync(path()).size;
      expect(
        await refusal(backUpInstallation(config, { path: path(), passphrase, withFiles: false })),
      ).toMatchObject({
        kind: 'exists',
      });
      expect(statSync(path()).size).toBe(size);
    });

    it('keeps the keys from whoever has the file', () => {
      const bytes = readFileSync(path());
      const keys = loadKeyRing(world.filled.get('embedded')!.config.dataDir);
      for (const secret of [keys.plane, keys.links, keys.tracking[0]!.secret])
        expect(bytes.includes(Buffer.from(secret))).toBe(false);
    });

    it('wants a passphrase that is worth it, and the same again', async () => {
      const { config } = world.filled.get('embedded')!;
      expect(
        await refusal(
          backUpInstallation(config, {
            path: world.sites.path('short'),
            passphrase: 'short',
            withFiles: false,
          }),
        ),
      ).toMatchObject({ kind: 'passphrase' });
      expect(existsSync(world.sites.path('short'))).toBe(false);
      expect(
        await refusal(verifyInstallationBackup(config, { path: path(), passphrase: 'another passphrase' })),
      ).toMatchObject({ kind: 'passphrase' });
    });

    it('is verified, and the installation that made it remembers', async () => {
      const source = world.filled.get('embedded')!;
      const verified = await verifyInstallationBackup(source.config, { path: path(), passphrase });
      expect(verified).toMatchObject({
        recorded: true,
        logPositions: { 'node-1': { segment: expect.any(Number) } },
      });
      expect(JSON.parse(readFileSync(`${path()}.verified`, 'utf8'))).toMatchObject({ id: verified.id });
      const { rows } = await read(source, (database) =>
        database.ownerQuery(
          'select id, verified_at is not null as verified, log_positions from backup where id like $1',
          ['bak\\_%'],
        ),
      );
      expect(rows).toContainEqual({ id: verified.id, verified: true, log_positions: verified.logPositions });
    }, 60_000);

    it('is refused wherever a byte of it was changed, and however it was cut', async () => {
      const { config } = world.filled.get('embedded')!;
      const whole = readFileSync(path());
      const damaged = world.sites.path('damaged.backup');
      const trial = async (bytes: Buffer) => {
        writeFileSync(damaged, bytes);
        return (await refusal(verifyInstallationBackup(config, { path: damaged, passphrase }))).kind;
      };
      const changed = (at: number) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 0x40;
        return bytes;
      };
      expect(await trial(changed(3))).toBe('not_a_backup');
      expect(await trial(changed(16))).toBe('newer');
      // A head, a meta, rows, the content of a file, and the end mark.
      for (const at of [
        20,
        33,
        40,
        600,
        Math.floor(whole.length / 3),
        whole.length - 2_000_000,
        whole.length - 5,
      ])
        expect(await trial(changed(at)), `byte ${at}`).toBe('damaged');
      for (const length of [10, 25, 300, Math.floor(whole.length / 2), whole.length - 1])
        expect(await trial(whole.subarray(0, length)), `${length} bytes`).toBe('cut');
      expect(await trial(Buffer.concat([whole, whole.subarray(20, 400)]))).toBe('damaged');
      expect(await trial(Buffer.alloc(0))).toBe('not_a_backup');
      expect(
        await refusal(verifyInstallationBackup(config, { path: world.sites.path('none'), passphrase })),
      ).toMatchObject({
        kind: 'not_found',
      });
      expect(existsSync(`${damaged}.verified`)).toBe(false);
    }, 120_000);
  });
}

/** Backups whose files stay in the object store. */
export function listingCases(world: DrillWorld): void {
  describe('a backup that only lists files', () => {
    it('only lists files unless told, and is not verified while one is missing or changed', async () => {
      const { config } = world.filled.get('embedded')!;
      const listing = world.sites.path('listing.backup');
      await backUpInstallation(config, { path: listing, passphrase, withFiles: false });
      const store = await openLocalStore(join(config.dataDir, 'files'));
      const listed = [];
      for await (const object of store.list()) listed.push(object);
      const { sha256, extension } = listed[0]!;
      const file = store.pathOf(sha256, extension);
      const content = readFileSync(file);
      const verify = () => verifyInstallationBackup(config, { path: listing, passphrase });
      writeFileSync(file, 'something else');
      expect((await refusal(verify())).message).toContain(`${sha256}.${extension} is changed`);
      rmSync(file);
      expect((await refusal(verify())).message).toContain(`${sha256}.${extension} is missing`);
      const target = await world.sites.empty('embedded');
      expect(await refusal(restoreInstallation(target.config, { ...plain, path: listing }))).toMatchObject({
        kind: 'objects',
      });
      expect(readdirSync(target.config.dataDir).sort()).toEqual(['files']);
      writeFileSync(file, content);
      expect((await verify()).objects).toMatchObject({ count: 3, held: 0 });
    }, 120_000);

    it('is proved anywhere, and remembered by its own installation alone', async () => {
      const stranger = await world.sites.empty('embedded');
      expect(
        await verifyInstallationBackup(stranger.config, { path: world.backupOf('embedded'), passphrase }),
      ).toMatchObject({
        recorded: false,
      });
    }, 120_000);
  });
}
