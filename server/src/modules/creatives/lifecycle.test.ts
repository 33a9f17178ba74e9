import type { Creative, getCreative, OutputOf, Role } from '@cuepoint/contract';
import { MediaError } from '@cuepoint/media';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { createMeasureJob } from './jobs/measure.ts';
import { makeVideo, testTools } from './testing/videos.ts';
import { type CreativesWorld, openCreativesWorld } from './testing/world.ts';

type Detail = OutputOf<typeof getCreative>;

let world: CreativesWorld;
let spot: string;
let good: Creative;
let draft: Creative;

beforeAll(async () => {
  world = await openCreativesWorld();
  spot = await makeVideo(world.folder, 'Ridge');
  const other = await makeVideo(world.folder, 'Draft', { hue: 90 });
  const [one, two] = [await world.upload(spot), await world.upload(other)];
  good = await world.settled(one.id);
  draft = await world.settled(two.id);
});
afterAll(() => world.close());

const call = <T>(id: string, input: Record<string, unknown>, options = {}): Promise<T> => {
  // Time passes between two requests of a person.
  world.app.clock.advance(1_000);
  return world.app.call(`creatives.${id}`, input, options) as Promise<T>;
};
const move = (creative: Creative, action: string, role: Role) =>
  call<Detail>('changeApproval', { creativeId: creative.id, action }, { role });
const inAccount = <T>(work: (tx: Tx) => Promise<T>) =>
  world.app.database.withTransaction({ role: 'app', accountId: world.app.accounts[0] }, work);
const serving = () =>
  world.app.database.withTransaction({ role: 'snapshot_builder', readOnly: true }, (tx) =>
    world.module.servingSource.creativesForServing(tx, {
      campaignIds: world.campaignIds,
      changedSince: new Date('2100-01-01'),
    }),
  );

describe('measuring', () => {
  const unmeasured = async (id: string) => {
    await world.app.database.ownerQuery(`UPDATE creative SET status = 'processing' WHERE id = $1`, [id]);
    await world.app.database.ownerQuery('UPDATE asset SET measurement = NULL WHERE id = $1', [good.assetId]);
  };
  const run = (lastAttempt: boolean) =>
    createMeasureJob(world.ports)({
      data: { accountId: world.app.accounts[0], creativeId: good.id },
      lastAttempt,
      signal: new AbortController().signal,
    });
  const now = () => call<Creative>('getCreative', { creativeId: good.id });

  it('may run twice at once, and again later: the result is one', async () => {
    await unmeasured(good.id);
    const before = await now();
    await Promise.all([run(false), run(false)]);
    await run(false);
    const after = await now();
    expect([after.status, after.version]).toEqual(['active', before.version + 1]);
    expect(after.qc).toEqual(good.qc);
    expect(after.frames.map((frame) => frame.atMs)).toEqual(good.frames.map((frame) => frame.atMs));
  });

  it('tries again when it is not the file, and says so when it gives up', async () => {
    await unmeasured(good.id);
    const missing = new MediaError({
      code: 'media.tool_missing',
      message: 'ffmpeg was not found in /secret',
    });
    world.told.tools = () => Promise.reject(missing);
    await expect(run(false)).rejects.toThrow(missing);
    expect((await now()).status).toBe('processing');
    await expect(run(true)).rejects.toThrow(missing);
    expect(await now()).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('ffmpeg is missing'),
    });
    world.told.tools = testTools;
    await unmeasured(good.id);
    await run(false);
    expect(await now()).toMatchObject({ status: 'active', failure: null });
  });

  it('of a creative that is gone is no error', async () => {
    await createMeasureJob(world.ports)({
      data: { accountId: world.app.accounts[0], creativeId: 'crv_00000000' },
      lastAttempt: false,
      signal: new AbortController().signal,
    });
  });
});

describe('what other modules ask', () => {
  it('trafficking: the tag, what destinations say, and the mark once it is sent', async () => {
    await move(good, 'submit', 'planner');
    await move(good, 'approve', 'reviewer');
    const asked = await inAccount((tx) => world.module.creativeForTrafficking(tx, good.id));
    expect(asked).toMatchObject({ approval: 'approved', status: 'active', file: { sha256: good.sha256 } });
    expect(asked!.vastTagUrl).toMatch(/^https:\/\/ads\.example\/vast\?pl=/);
    expect(asked!.packs).toHaveLength(9);
    expect(asked!.packs.find((pack) => pack.packId === 'amazon_stv_prime')?.verdict ?? 'block').toBe('block');
    const mark = (creativeId: string) =>
      inAccount((tx) =>
        world.module.markTrafficked(tx, {
          creativeId,
          at: world.app.clock.now(),
          reason: 'Amazon DSP has it.',
        }),
      );
    expect(await mark(good.id)).toMatchObject({
      before: { approval: 'approved' },
      after: { approval: 'trafficked' },
    });
    expect(await mark(good.id)).toBeNull();
    // Not approved: nothing unapproved may be marked as sent.
    expect(await mark(draft.id)).toBeNull();
    expect(await serving()).toHaveLength(1);
  });

  it('studio: a finished file becomes a creative, once', async () => {
    const file = {
      accountId: world.app.accounts[0],
      campaignId: world.campaignIds[0],
      name: 'Generated',
      clickThroughUrl: 'https://fernwhistle.example/new',
      simulated: true,
      demo: true,
      path: await makeVideo(world.folder, 'generated', { hue: 180 }),
    };
    const id = await world.module.addGeneratedCreative(file);
    expect(await world.module.addGeneratedCreative(file)).toBe(id);
    expect(await world.settled(id)).toMatchObject({
      source: 'generated',
      simulated: true,
      demo: true,
      status: 'active',
      clickThroughUrl: 'https://fernwhistle.example/new',
    });
    expect(await inAccount((tx) => world.module.creativeState(tx, id))).toMatchObject({ status: 'active' });
    expect(await inAccount((tx) => world.module.creativeNames(tx, [id]))).toEqual(
      new Map([[id, 'Generated']]),
    );
    await expect(world.module.addGeneratedCreative({ ...file, campaignId: 'cmp_00000000' })).rejects.toThrow(
      'is gone',
    );
  });

  it('demo: its creatives go, with the files that only they used', async () => {
    await inAccount((tx) => world.module.markCreativeDemo(tx, draft.id));
    const before = await world.count('asset');
    const kept = await world.upload(await makeVideo(world.folder, 'generated', { hue: 180 }), {
      name: 'Kept',
    });
    expect(await inAccount((tx) => world.module.removeDemoCreatives(tx))).toBe(2);
    // The upload of the same content keeps its file; the other demo file goes.
    expect(await world.count('asset')).toBe(before - 1);
    expect((await world.settled(kept.id)).status).toBe('active');
  });
});

describe('deleting', () => {
  it('removes what nobody saw, and its file when the sweep comes', async () => {
    const path = await makeVideo(world.folder, 'brief', { hue: 270 });
    const { id, sha256 } = await world.settled((await world.upload(path)).id);
    const before = world.stored();
    await call('deleteCreative', { creativeId: id }, { dryRun: true });
    expect(await call('deleteCreative', { creativeId: id })).toEqual({ creativeId: id, outcome: 'deleted' });
    await expect(call('getCreative', { creativeId: id })).rejects.toMatchObject({
      code: 'creative.not_found',
    });
    // Young files may belong to an upload whose row is not there yet.
    world.app.clock.set(new Date().toISOString());
    expect(await world.module.sweepFiles()).toBe(0);
    world.app.clock.advance(25 * 60 * 60 * 1000);
    expect(await world.module.sweepFiles()).toBeGreaterThan(0);
    expect(before).toContain(`${sha256!.slice(0, 2)}/${sha256}.mp4`);
    const after = world.stored();
    expect(after).not.toContain(`${sha256!.slice(0, 2)}/${sha256}.mp4`);
    expect(after).toContain(`${good.sha256!.slice(0, 2)}/${good.sha256}.mp4`);
    expect(after.filter((name) => name.endsWith('.jpg')).length).toBeGreaterThan(0);
  });

  it('keeps what was sent or served, inactive', async () => {
    expect(await call('deleteCreative', { creativeId: good.id })).toMatchObject({ outcome: 'inactive' });
    expect(await serving()).toEqual([]);
    const shown = await call<Creative>('getCreative', { creativeId: good.id });
    expect(shown.status).toBe('inactive');
    expect(shown.actions.every((one) => !one.allowed)).toBe(true);
    const other = await world.settled((await world.upload(spot, { name: 'Served' })).id);
    world.told.history.add(other.id);
    expect(await call('deleteCreative', { creativeId: other.id })).toMatchObject({ outcome: 'inactive' });
    await expect(call('deleteCreative', { creativeId: 'crv_00000000' })).rejects.toMatchObject({
      code: 'creative.not_found',
    });
  });
});
