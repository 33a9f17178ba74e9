import { readFileSync, writeFileSync } from 'node:fs';
import type { Creative, Role } from '@cuepoint/contract';
import { MediaError } from '@cuepoint/media';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SnapshotCreative } from '../../kernel/delivery-protocol.ts';
import { databaseSuite } from '../../testing/index.ts';
import { createPackageJob } from './jobs/package.ts';
import { PACKAGE_QUEUE } from './jobs/queues.ts';
import { makeVideo, testTools } from './testing/videos.ts';
import { type CreativesWorld, openCreativesWorld } from './testing/world.ts';

databaseSuite('packaging to HLS', (open) => {
  let world: CreativesWorld;
  let spot: string;
  let first: Creative;
  /** Another creative of the same file, and one of another account. */
  let twin: Creative;
  let theirs: Creative;

  beforeAll(async () => {
    world = await openCreativesWorld(await open());
    spot = await makeVideo(world.folder, 'Ridge', { seconds: 3 });
    first = await world.settled((await world.upload(spot)).id);
  });
  afterAll(() => world.close());

  type Options = { role?: Role; account?: 0 | 1; dryRun?: boolean };
  const call = async <T>(id: string, input: Record<string, unknown>, options: Options = {}): Promise<T> => {
    // Time passes between two requests of a person.
    world.app.clock.advance(1_000);
    return (await world.app.call(`creatives.${id}`, input, options)) as T;
  };
  const move = (creative: Creative, action: string, role: Role, more: Options & { reason?: string } = {}) => {
    const { reason, ...options } = more;
    return call<Creative>(
      'changeApproval',
      { creativeId: creative.id, action, reason },
      { role, ...options },
    );
  };
  const approve = async (creative: Creative, options: Options = {}): Promise<Creative> => {
    await move(creative, 'submit', 'planner', options);
    return move(creative, 'approve', 'reviewer', options);
  };
  const now = (creative: Creative, options: Options = {}) =>
    call<Creative>('getCreative', { creativeId: creative.id }, options);
  /** A statement as the account may make it: on a server, not even the owner passes its walls. */
  const execute = async (query: SQL, account: 0 | 1 = 0): Promise<Record<string, unknown>[]> => {
    const context = { role: 'app', accountId: world.app.accounts[account] } as const;
    return (await world.app.database.withTransaction(context, (tx) => tx.execute(query))).rows;
  };
  const row = async (assetId: string | null, account: 0 | 1 = 0) =>
    (await execute(sql`SELECT * FROM hls_package WHERE asset_id = ${assetId}`, account))[0];
  const waiting = async () =>
    (await world.queue.stats())
      .filter((one) => one.queue === PACKAGE_QUEUE)
      .reduce((sum, one) => sum + one.waiting + one.delayed + one.active, 0);
  const served = async (creative: Creative) => {
    const rows = await world.app.database.withTransaction(
      { role: 'snapshot_builder', readOnly: true },
      (tx) =>
        world.module.servingSource.creativesForServing(tx, {
          campaignIds: world.campaignIds,
          changedSince: new Date('2100-01-01'),
        }),
    );
    return rows.find((one) => one.id === creative.id);
  };
  const audits = async (creative: Creative) =>
    (
      await execute(
        sql`SELECT reason FROM audit_record WHERE operation = 'creatives.package' AND entity_id = ${creative.id} ORDER BY at`,
      )
    ).map((one) => one.reason);
  const run = (creative: Creative, lastAttempt = false) =>
    createPackageJob(world.ports)({
      data: { accountId: world.app.accounts[0], assetId: creative.assetId! },
      lastAttempt,
      signal: new AbortController().signal,
    });

  it('is asked for by an approval, not before, and not by a dry run', async () => {
    expect(first.packaging).toEqual({ status: 'none', detail: null });
    const submitted = await move(first, 'submit', 'planner');
    expect(submitted.packaging.status).toBe('none');
    const dry = await move(first, 'approve', 'reviewer', { dryRun: true });
    expect(dry.packaging.status).toBe('pending');
    expect([(await now(first)).packaging.status, await waiting()]).toEqual(['none', 0]);
    expect((await move(first, 'approve', 'reviewer')).packaging).toEqual({ status: 'pending', detail: null });
  });

  it('makes a package that a snapshot can name and whose every file is stored', async () => {
    const { packaging } = await world.packaged(first.id);
    expect(packaging).toEqual({ status: 'ready', detail: '3 s in 1 segments, samples of the master' });
    const { hls, ...rest } = (await served(first))!;
    expect(hls).toEqual({
      path: expect.stringMatching(/^([0-9a-f]{2})\/\1[0-9a-f]{62}\.m3u8$/),
      durationMs: 3000,
    });
    expect(SnapshotCreative.shape.hls.parse(hls)).toEqual(hls);
    expect(rest.durationMs).toBe(hls!.durationMs);
    const stored = world.stored();
    const { files, package_hash, size_bytes } = (await row(first.assetId))!;
    const keys = (files as Array<{ sha256: string; extension: string }>).map(({ sha256, extension }) =>
      world.ports.files.keyOf(sha256, extension),
    );
    expect(keys).toContain(hls!.path);
    expect(hls!.path).toContain(String(package_hash));
    expect(Number(size_bytes)).toBeGreaterThan(0);
    for (const key of keys) expect(stored).toContain(key);
    const main = readFileSync(`${world.folder}/files/${hls!.path}`, 'utf8');
    for (const name of main.match(/[0-9a-f]{64}\.m3u8/g)!)
      expect(keys).toContain(`${name.slice(0, 2)}/${name}`);
    expect(await audits(first)).toEqual([null]);
    expect(world.told.events).toContainEqual(
      expect.objectContaining({ type: 'creative.changed', entity: { kind: 'creative', id: first.id } }),
    );
  });

  it('is made once a file: another creative of it, another approval and repeats change nothing', async () => {
    const before = await row(first.assetId);
    twin = await world.settled((await world.upload(spot, { name: 'Twin' })).id);
    expect(twin.assetId).toBe(first.assetId);
    expect((await approve(twin)).packaging.status).toBe('ready');
    await move(first, 'reject', 'reviewer', { reason: 'The claim is not cleared.' });
    await approve(first);
    await Promise.all([run(first), run(first)]);
    await run(first, true);
    expect(await world.module.sweep()).toBe(0);
    expect([await waiting(), await audits(first), await row(first.assetId)]).toEqual([0, [null], before]);
    expect((await served(twin))?.hls).toEqual((await served(first))?.hls);
  });

  it('is made by each account for itself, and stored once', async () => {
    const stored = world.stored();
    theirs = await world.settled((await world.upload(spot, {}, { account: 1 })).id, 1);
    await approve(theirs, { account: 1 });
    expect((await world.packaged(theirs.id, 1)).packaging.status).toBe('ready');
    const { assetId } = theirs;
    expect(assetId).not.toBe(first.assetId);
    expect((await row(assetId, 1))!.package_hash).toBe((await row(first.assetId))!.package_hash);
    expect(world.stored().filter((name) => /\.(m3u8|m4s)$/.test(name))).toEqual(
      stored.filter((name) => /\.(m3u8|m4s)$/.test(name)),
    );
  });

  it('goes on after a crash: before the files, after them, and when the job was lost', async () => {
    const { assetId } = first;
    const { package_hash } = (await row(assetId))!;
    await execute(sql`UPDATE hls_package SET status = 'pending', package_hash = NULL, duration_ms = NULL,
      size_bytes = NULL, files = '[]', updated_at = ${world.app.clock.now().toISOString()} WHERE asset_id = ${assetId}`);
    const dying = createPackageJob({
      ...world.ports,
      recordAudit: () => Promise.reject(new Error('the process died')),
    });
    const job = { data: { accountId: world.app.accounts[0], assetId: assetId! }, lastAttempt: false };
    await expect(dying({ ...job, signal: new AbortController().signal })).rejects.toThrow('died');
    const stopped = AbortSignal.abort();
    const last = { ...job, lastAttempt: true, signal: stopped };
    await expect(createPackageJob(world.ports)(last)).rejects.toThrow('cancelled');
    expect((await now(first)).packaging.status).toBe('pending');
    expect((await served(first))?.hls).toBeUndefined();
    // Nothing happened to it for too short a time to call it lost.
    expect(await world.module.sweep()).toBe(0);
    world.app.clock.advance(61_000);
    expect(await world.module.sweep()).toBe(1);
    expect((await world.packaged(first.id)).packaging.status).toBe('ready');
    expect((await row(assetId))!.package_hash).toBe(package_hash);
  });

  it('is made up for where an approval is older than packaging', async () => {
    await execute(sql`DELETE FROM hls_package WHERE asset_id = ${first.assetId}`);
    expect((await now(first)).packaging.status).toBe('none');
    expect(await world.module.sweep()).toBe(1);
    expect((await world.packaged(first.id)).packaging.status).toBe('ready');
    expect(await world.module.sweep()).toBe(0);
  });

  it('says what failed, serves the file as it is, and tries again later and when approved again', async () => {
    await execute(sql`DELETE FROM hls_package WHERE asset_id = ${first.assetId}`);
    await execute(sql`INSERT INTO hls_package (account_id, asset_id, status)
      VALUES (${world.app.accounts[0]}, ${first.assetId}, 'pending')`);
    const missing = new MediaError({
      code: 'media.tool_missing',
      message: 'ffmpeg was not found in /secret',
    });
    world.told.tools = () => Promise.reject(missing);
    await expect(run(first)).rejects.toThrow(missing);
    expect((await now(first)).packaging).toEqual({ status: 'pending', detail: null });
    await expect(run(first, true)).rejects.toThrow(missing);
    const failed = await now(first);
    expect(failed.packaging).toEqual({
      status: 'failed',
      detail:
        'It could not be packaged to HLS: ffmpeg is missing on the server. Players get it as MP4. It is tried again within hours, and at its next approval.',
    });
    expect([failed.status, failed.approval]).toEqual(['active', 'approved']);
    expect(await served(first)).toMatchObject({ isServable: true, mediaFiles: [{ hash: first.sha256 }] });
    expect((await served(first))?.hls).toBeUndefined();
    expect((await audits(first)).at(-1)).toContain('ffmpeg is missing');
    world.told.tools = testTools;
    expect(await world.module.sweep()).toBe(0);
    world.app.clock.advance(6 * 60 * 60 * 1000);
    expect(await world.module.sweep()).toBe(1);
    expect((await world.packaged(first.id)).packaging.status).toBe('ready');

    await execute(
      sql`UPDATE hls_package SET status = 'failed', package_hash = NULL WHERE asset_id = ${first.assetId}`,
    );
    await move(first, 'reject', 'reviewer', { reason: 'Once more.' });
    expect((await approve(first)).packaging.status).toBe('pending');
    expect((await world.packaged(first.id)).packaging.status).toBe('ready');
  });

  it('names the file by the name it came under when it is the file, and does not try again by itself', async () => {
    await execute(sql`DELETE FROM hls_package WHERE asset_id = ${first.assetId}`);
    const stored = world.ports.files.pathOf(first.sha256!, 'mp4');
    const whole = readFileSync(stored);
    writeFileSync(stored, whole.subarray(0, 20_000));
    expect(await world.module.sweep()).toBe(1);
    const { packaging } = await world.packaged(first.id);
    expect(packaging.status).toBe('failed');
    expect(packaging.detail).toMatch(/^Ridge\.mp4 is incomplete: .* Players get it as MP4\.$/);
    expect(packaging.detail).not.toContain(first.sha256);
    world.app.clock.advance(24 * 60 * 60 * 1000);
    expect(await world.module.sweep()).toBe(0);
    expect(await world.queue.deadLetters(PACKAGE_QUEUE)).toEqual([]);
    writeFileSync(stored, whole);
    await move(first, 'reject', 'reviewer', { reason: 'The file is being restored.' });
    await approve(first);
    expect((await world.packaged(first.id)).packaging.status).toBe('ready');
  });

  it('keeps its files while an account has its row, and no longer', async () => {
    const main = (await served(first))!.hls!.path;
    world.app.clock.set(new Date(Date.now() + 25 * 60 * 60 * 1000).toISOString());
    const remove = (creative: Creative, account: 0 | 1) =>
      call('deleteCreative', { creativeId: creative.id }, { account });
    for (const creative of [first, twin]) {
      expect(await remove(creative, 0)).toMatchObject({ outcome: 'deleted' });
    }
    expect(await row(first.assetId)).toBeUndefined();
    await world.module.sweepFiles();
    expect(world.stored()).toContain(main);
    await remove(theirs, 1);
    expect(await row(theirs.assetId, 1)).toBeUndefined();
    expect(await world.module.sweepFiles()).toBeGreaterThan(3);
    expect(world.stored()).toEqual([]);
  });
});
