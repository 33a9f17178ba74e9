import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Creative, listCreatives, OutputOf, QcReport } from '@cuepoint/contract';
import { MediaError } from '@cuepoint/media';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeVideo,
  sparse,
  testTools,
  truncated,
  withBrokenIndex,
  withBrokenPictures,
} from './testing/videos.ts';
import { type CreativesWorld, openCreativesWorld } from './testing/world.ts';

type List = OutputOf<typeof listCreatives>;

let world: CreativesWorld;
let spot: string;
let first: Creative;

beforeAll(async () => {
  world = await openCreativesWorld();
  spot = await makeVideo(world.folder, 'Ridge spot');
});
afterAll(() => world.close());

const call = <T>(id: string, input: Record<string, unknown>, options = {}) =>
  world.app.call(`creatives.${id}`, input, options) as Promise<T>;

describe('an uploaded video', () => {
  it('is processing at once, then measured, checked and active', async () => {
    const uploaded = await world.upload(spot);
    expect(uploaded).toMatchObject({
      name: 'Ridge spot',
      status: 'processing',
      approval: 'draft',
      source: 'uploaded',
      simulated: false,
      clickThroughUrl: 'https://fernwhistle.example/',
      vendors: ['ias', 'doubleverify'],
      universalAdId: uploaded.id,
      durationMs: null,
      qc: null,
      actions: [{ action: 'submit', allowed: false, why: 'Its file is still being measured.' }],
    });
    first = await world.settled(uploaded.id);
    expect(first).toMatchObject({ status: 'active', failure: null, width: 640, height: 360, version: 2 });
    expect(Math.abs(first.durationMs! - 2_000)).toBeLessThan(60);
    expect(first.actions).toEqual([{ action: 'submit', allowed: true, why: null }]);
    expect(world.told.events).toContainEqual({
      type: 'creative.changed',
      accountId: world.app.accounts[0],
      entity: { kind: 'creative', id: first.id },
    });
  });

  it('has pictures behind links that only this server makes', () => {
    expect(first.frames).toHaveLength(9);
    expect(first.frames[0]!.atMs).toBe(0);
    for (const url of [first.videoUrl!, first.thumbnailUrl!, ...first.frames.map((frame) => frame.url)]) {
      const link = world.ports.links.verify(url.slice('/files/'.length));
      if (!link.ok) throw new Error(`${url} is ${link.code}`);
      expect(link.file.accountId).toBe(world.app.accounts[0]);
      expect(existsSync(world.ports.files.pathOf(link.file.sha256, link.file.kind))).toBe(true);
    }
  });

  it('is held against this server and the eight destinations, with the market of its campaign', async () => {
    const report = await call<QcReport>('getQcReport', { creativeId: first.id });
    expect(report.packs.map((pack) => pack.packId)).toEqual([
      'cuepoint_serving',
      ...first.qc!.packs.slice(1).map((pack) => pack.packId),
    ]);
    expect(report.packs).toHaveLength(9);
    const serving = report.packs[0]!;
    expect([serving.verdict, serving.blocks]).toEqual(['pass', 0]);
    const prime = report.packs.find((pack) => pack.packName === 'Amazon STV Prime Video')!;
    expect(prime.verdict).toBe('block');
    // 2 s fits no market; the limit shown is that of the United States.
    const duration = prime.findings.find((finding) => finding.rule === 'duration')!;
    expect(duration).toMatchObject({ check: 'Duration', status: 'block' });
    expect(duration.limit).toContain('45.000 s');
    expect(report.blocks).toBe(report.packs.reduce((sum, pack) => sum + pack.blocks, 0));
    expect(report.measurement).toMatchObject({ container: 'mp4', moovFirst: true, video: { codec: 'h264' } });
  });

  it('leaves an audit trail: added by a person, activated by measuring', async () => {
    const { items } = (await world.app.call('accounts.listAudit', { entityId: first.id })) as {
      items: Array<{ operation: string; change: string; fields: unknown[] }>;
    };
    expect(items.map((one) => [one.operation, one.change]).sort()).toEqual([
      ['creatives.measure', 'updated'],
      ['creatives.uploadCreative', 'created'],
    ]);
    expect(items.find((one) => one.operation === 'creatives.measure')!.fields).toContainEqual({
      field: 'status',
      before: 'processing',
      after: 'active',
    });
  });

  it('with the same content reuses file and measurement in the account, and only there', async () => {
    const again = await world.settled(
      (await world.upload(spot, { name: 'Second', clickThroughUrl: 'https://fernwhistle.example/ridge?a=1' }))
        .id,
    );
    expect(again).toMatchObject({ status: 'active', assetId: first.assetId, name: 'Second' });
    expect(again.clickThroughUrl).toBe('https://fernwhistle.example/ridge?a=1');
    expect(again.qc).toEqual(first.qc);
    const other = await world.upload(spot, {}, { account: 1 });
    expect(other.sha256).toBe(first.sha256);
    expect(other.assetId).not.toBe(first.assetId);
    expect(world.stored().filter((name) => name.endsWith('.mp4'))).toHaveLength(1);
  });

  it('is found again by a sweep when its job was lost', async () => {
    const { id } = await world.upload(spot, { name: 'Lost' });
    await world.settled(id);
    const old = new Date(world.app.clock.now().getTime() - 61_000).toISOString();
    const back = `UPDATE creative SET status = 'processing', updated_at = $2 WHERE id = $1`;
    await world.app.database.ownerQuery(back, [id, old]);
    expect(await world.module.sweep()).toBe(1);
    expect((await world.settled(id)).status).toBe('active');
    expect(await world.module.sweep()).toBe(0);
    await call('deleteCreative', { creativeId: id });
  });
});

describe('a file that is no usable video', () => {
  const bad = (name: string) => join(world.folder, name);
  const untouched = async (upload: () => Promise<unknown>, error: object) => {
    const before = [world.stored(), await world.count('creative'), await world.count('asset')];
    await expect(upload()).rejects.toMatchObject(error);
    expect([world.stored(), await world.count('creative'), await world.count('asset')]).toEqual(before);
  };

  it('is refused by its content, not its name', async () => {
    writeFileSync(bad('notes.mp4'), 'These are notes, not a film.\n'.repeat(50));
    await untouched(() => world.upload(bad('notes.mp4')), {
      code: 'media.not_a_video',
      message: expect.stringContaining('notes.mp4 is not a video file (it looks like a text file)'),
      fields: [{ field: 'file' }],
    });
    writeFileSync(bad('empty.mp4'), '');
    await untouched(() => world.upload(bad('empty.mp4')), { code: 'media.not_a_video' });
  });

  it('is named as the person named it, not as we keep it', async () => {
    copyFileSync(bad('notes.mp4'), bad('upload'));
    await untouched(
      () => world.upload(bad('upload'), { file: { fileName: 'Film.mp4', path: bad('upload') } }),
      { code: 'media.not_a_video', message: expect.stringMatching(/^Film\.mp4 is not/) },
    );
  });

  it('is refused when part of it is missing', () =>
    untouched(() => world.upload(truncated(spot, bad('half.mp4'))), { code: 'media.truncated' }));

  it('is refused when its index cannot be read', () =>
    untouched(() => world.upload(withBrokenIndex(spot, bad('index.mp4'))), { code: 'media.unreadable' }));

  it('is refused when it is too large', () =>
    untouched(() => world.upload(sparse(bad('large.mp4'), 4_000_001)), {
      code: 'media.too_large',
      message: expect.stringContaining('4000000'),
    }));

  it('is refused when it is too long, naming the limit', async () => {
    const long = await makeVideo(world.folder, 'long', { seconds: 6 });
    await untouched(() => world.upload(long), {
      code: 'media.too_long',
      fields: [{ field: 'file', accepted: 'at most 5 s' }],
    });
  });

  it('cannot be read at all', () =>
    untouched(() => world.upload(bad('nowhere.mp4')), {
      code: 'input.invalid',
      fields: [{ field: 'file' }],
    }));

  it('waits for ffmpeg to be there', async () => {
    world.told.tools = () =>
      Promise.reject(new MediaError({ code: 'media.tool_missing', message: 'ffmpeg was not found' }));
    await untouched(() => world.upload(spot), { code: 'media.tool_missing' });
    world.told.tools = testTools;
  });

  it('is refused for a campaign of nobody, and of somebody else', async () => {
    await untouched(() => world.upload(spot, { campaignId: 'cmp_00000000' }), { code: 'campaign.not_found' });
    await untouched(() => world.upload(spot, { campaignId: world.campaignIds[1] }), {
      code: 'campaign.not_found',
    });
  });

  it('fails with the reason when only decoding shows it, and goes no further', async () => {
    const { id } = await world.upload(withBrokenPictures(spot, bad('Grey.mp4')));
    const failed = await world.settled(id);
    expect(failed.status).toBe('failed');
    expect(failed.failure).toMatch(/^Grey\.mp4 /);
    expect(failed.actions).toEqual([
      { action: 'submit', allowed: false, why: 'Its file could not be used; upload another.' },
    ]);
    await expect(call('getQcReport', { creativeId: id })).rejects.toMatchObject({
      code: 'creative.not_ready',
      message: expect.stringContaining('Grey.mp4'),
    });
    await expect(call('getVastTag', { creativeId: id })).rejects.toMatchObject({
      code: 'creative.not_ready',
    });
    await expect(call('changeApproval', { creativeId: id, action: 'submit' })).rejects.toMatchObject({
      code: 'creative.not_ready',
    });
  });
});

describe('the list of creatives', () => {
  it('is newest first, in pages, by campaign, state and name', async () => {
    const all = await call<List>('listCreatives', {});
    expect(all.items).toHaveLength(all.total);
    const one = await call<List>('listCreatives', { limit: 1 });
    const two = await call<List>('listCreatives', { limit: 1, cursor: one.nextCursor! });
    expect([one.items[0]!.id, two.items[0]!.id]).toEqual(all.items.slice(0, 2).map((item) => item.id));
    const named = await call<List>('listCreatives', { search: 'SECOND', approval: 'draft' });
    expect(named.items.map((item) => item.name)).toEqual(['Second']);
    expect((await call<List>('listCreatives', { search: '%' })).total).toBe(0);
    const [campaignId] = world.campaignIds;
    expect((await call<List>('listCampaignCreatives', { campaignId })).total).toBe(all.total);
    expect((await call<List>('listCreatives', { campaignId, approval: 'approved' })).total).toBe(0);
  });

  it('knows only campaigns of the account', async () => {
    for (const operation of ['listCreatives', 'listCampaignCreatives']) {
      await expect(call(operation, { campaignId: world.campaignIds[1] })).rejects.toMatchObject({
        code: 'campaign.not_found',
      });
    }
  });

  it('counts for campaigns', async () => {
    const counts = await world.app.database.withTransaction(
      { role: 'app', accountId: world.app.accounts[0] },
      (tx) => world.module.creativeCounts(tx, world.campaignIds),
    );
    const { items, total } = await call<List>('listCreatives', {});
    const blockingFindings = items.reduce((sum, item) => sum + (item.qc?.blocks ?? 0), 0);
    expect(blockingFindings).toBeGreaterThan(0);
    expect([...counts]).toEqual([[world.campaignIds[0], { creatives: total, blockingFindings }]]);
  });
});

describe('another account', () => {
  it('sees nothing and changes nothing', async () => {
    const creativeId = first.id;
    const attempts: Array<[string, Record<string, unknown>]> = [
      ['getCreative', {}],
      ['getQcReport', {}],
      ['getVastTag', {}],
      ['deleteCreative', {}],
      ['changeApproval', { action: 'submit' }],
      ['setVendors', { name: 'Mine' }],
    ];
    for (const [operation, input] of attempts) {
      const options = { account: 1, ifMatch: first.version };
      await expect(call(operation, { creativeId, ...input }, options)).rejects.toMatchObject({
        code: 'creative.not_found',
      });
    }
    const { items } = await call<List>('listCreatives', {}, { account: 1 });
    expect(items.map((item) => item.campaignId)).toEqual([world.campaignIds[1]]);
    expect((await call<Creative>('getCreative', { creativeId })).name).toBe('Ridge spot');
  });
});
