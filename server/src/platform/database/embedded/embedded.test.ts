import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedTemplate } from '../../../testing/embedded-template.ts';
import { foundationMigrations } from '../../../testing/foundation-migrations.ts';
import {
  classifyDatabaseError,
  type Database,
  DataDirectoryLockedError,
  openDatabase,
  readLock,
} from '../index.ts';

const migrationsFolder = foundationMigrations();

describe('embedded database', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cuepoint-embedded-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const open = async (): Promise<Database> => {
    const template = await embeddedTemplate(migrationsFolder);
    return openDatabase({ url: `pglite:${directory}`, template, migrationsFolder });
  };

  it('holds the lock on its directory while open and keeps its rows over a restart', async () => {
    const database = await open();
    await database.migrate();
    expect(readLock(directory)?.token).toBe(database.lock?.token);
    await expect(openDatabase({ url: `pglite:${directory}` })).rejects.toBeInstanceOf(
      DataDirectoryLockedError,
    );
    await database.ownerQuery(`create table kept as select 'here' as word`);
    await database.close();
    expect(readLock(directory)).toBeNull();

    const again = await open();
    expect((await again.ownerQuery('select word from kept')).rows).toEqual([{ word: 'here' }]);
    await again.close();
  });

  it('does not block the main thread during a long query', async () => {
    const database = await open();
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await database.ownerQuery('select count(*) from generate_series(1, 3000000)');
    clearInterval(timer);
    await database.close();
    expect(longest).toBeLessThan(200);
  });

  it('reports the loss of its thread and fails every later query at once', async () => {
    const fatal: Error[] = [];
    const database = await openDatabase({
      url: 'pglite:memory',
      template: await embeddedTemplate(migrationsFolder),
      transactionTimeLimitMs: 100,
      stuckLimitMs: 200,
      onFatal: (error) => fatal.push(error),
    });
    const stuck = database.withTransaction({ role: 'app' }, (tx) => tx.execute(sql`select pg_sleep(20)`));
    expect(classifyDatabaseError(await stuck.catch((error: unknown) => error))?.kind).toBe('timeout');
    await expect.poll(() => fatal.length, { timeout: 3_000 }).toBe(1);
    expect(fatal[0]?.message).toMatch(/busy for 200 ms/);
    const started = performance.now();
    const later = await database.ownerQuery('select 1').catch((error: unknown) => error);
    expect(classifyDatabaseError(later)?.kind).toBe('unavailable');
    expect(performance.now() - started).toBeLessThan(1_000);
    await database.close();
  });

  it('gives up waiting for the connection after the set time', async () => {
    const database = await openDatabase({
      url: 'pglite:memory',
      template: await embeddedTemplate(migrationsFolder),
      connectionTimeoutMs: 1_000,
    });
    let finish = (): void => undefined;
    const hold = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const first = database.withTransaction({ role: 'app' }, () => hold);
    const second = await database
      .withTransaction({ role: 'app' }, async () => 1)
      .catch((error: unknown) => error);
    expect(classifyDatabaseError(second)?.kind).toBe('unavailable');
    finish();
    await first;
    await database.close();
  });
});
