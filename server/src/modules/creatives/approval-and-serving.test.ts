import type { Creative, getCreative, getVastTag, OutputOf, Role } from '@cuepoint/contract';
import { compileVast, lintVast, parseVast, type VastDocument } from '@cuepoint/vast';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SnapshotCreative } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { makeVideo } from './testing/videos.ts';
import { type CreativesWorld, openCreativesWorld } from './testing/world.ts';

type Detail = OutputOf<typeof getCreative>;
type Tag = OutputOf<typeof getVastTag>;

let world: CreativesWorld;
let spot: string;
let good: Creative;
let dark: Creative;

beforeAll(async () => {
  world = await openCreativesWorld();
  spot = await makeVideo(world.folder, 'Ridge');
  const late = await makeVideo(world.folder, 'Late', { hue: 90, moovLast: true });
  const [one, two] = [await world.upload(spot), await world.upload(late)];
  good = await world.settled(one.id);
  dark = await world.settled(two.id);
});
afterAll(() => world.close());

const call = <T>(id: string, input: Record<string, unknown>, options = {}): Promise<T> => {
  // Time passes between two requests of a person.
  world.app.clock.advance(1_000);
  return world.app.call(`creatives.${id}`, input, options) as Promise<T>;
};
const move = (creative: Creative, action: string, role: Role, more: Record<string, unknown> = {}) =>
  call<Detail>('changeApproval', { creativeId: creative.id, action, ...more }, { role });
const inAccount = <T>(work: (tx: Tx) => Promise<T>) =>
  world.app.database.withTransaction({ role: 'app', accountId: world.app.accounts[0] }, work);
const serving = (changedSince = new Date('2100-01-01')) =>
  world.app.database.withTransaction({ role: 'snapshot_builder', readOnly: true }, (tx) =>
    world.module.servingSource.creativesForServing(tx, { campaignIds: world.campaignIds, changedSince }),
  );

describe('approval', () => {
  it('says what may be done now, by whom, and what stands in the way', async () => {
    const viewed = await call<Creative>('getCreative', { creativeId: good.id }, { role: 'viewer' });
    expect(viewed.actions).toEqual([
      { action: 'submit', allowed: false, why: 'It needs the permission creatives:write.' },
    ]);
    await move(good, 'submit', 'planner');
    const reviewed = await call<Creative>('getCreative', { creativeId: good.id }, { role: 'reviewer' });
    expect(reviewed.actions.map((one) => [one.action, one.allowed])).toEqual([
      ['approve', true],
      ['reject', true],
      ['request_changes', true],
      ['withdraw', false],
    ]);
  });

  it('is for the right role, and an agent needs a person who named the scope', async () => {
    await expect(move(good, 'approve', 'planner')).rejects.toMatchObject({ code: 'auth.forbidden' });
    await expect(move(good, 'withdraw', 'reviewer')).rejects.toMatchObject({ code: 'auth.forbidden' });
    await expect(move(good, 'withdraw', 'agent')).rejects.toMatchObject({ code: 'confirmation.required' });
    const agent = { ...world.app.principal('agent'), granted: new Set(['creatives:read'] as const) };
    const asAgent = (dryRun: boolean) =>
      world.app.pipeline.call(
        'creatives.changeApproval',
        { creativeId: good.id, action: 'withdraw' },
        {
          requestId: 'req_1',
          principal: agent,
          skin: 'mcp',
          clientAddress: null,
          userAgent: null,
          dryRun,
        },
      );
    await expect(asAgent(false)).rejects.toMatchObject({
      code: 'confirmation.required',
      message: expect.stringContaining('creatives:write'),
    });
    expect((await asAgent(true)).output).toMatchObject({ approval: 'draft' });
    expect((await call<Creative>('getCreative', { creativeId: good.id })).approval).toBe('submitted');
  });

  it('refuses what the state does not offer, and a verdict without a reason', async () => {
    await expect(move(good, 'submit', 'planner')).rejects.toMatchObject({
      code: 'creative.transition_denied',
    });
    await expect(move(good, 'reject', 'reviewer')).rejects.toMatchObject({
      code: 'creative.reason_required',
    });
    await expect(
      call('changeApproval', { creativeId: 'crv_00000000', action: 'submit' }),
    ).rejects.toMatchObject({ code: 'creative.not_found' });
  });

  it('keeps every move with who and why, also in the audit trail', async () => {
    await move(good, 'request_changes', 'reviewer', { reason: 'The end card is too short.' });
    const report = await inAccount((tx) => world.module.creativesForReport(tx));
    expect(report.find((one) => one.id === good.id)).toMatchObject({
      approval: 'changes_requested',
      rejectionReason: 'The end card is too short.',
      isServable: false,
      isActive: true,
      qcBlocking: null,
    });
    await move(good, 'submit', 'planner');
    const approved = await move(good, 'approve', 'reviewer');
    expect(approved.approvalEvents.map((one) => [one.actor, one.from, one.to, one.reason])).toEqual([
      ['planner', 'draft', 'submitted', null],
      ['reviewer', 'submitted', 'changes_requested', 'The end card is too short.'],
      ['planner', 'changes_requested', 'submitted', null],
      ['reviewer', 'submitted', 'approved', null],
    ]);
    const { items } = (await world.app.call('accounts.listAudit', { entityId: good.id })) as {
      items: Array<{ operation: string; reason: string | null }>;
    };
    const moves = items.filter((one) => one.operation === 'creatives.changeApproval');
    expect(moves).toHaveLength(4);
    expect(moves.map((one) => one.reason)).toContain('The end card is too short.');
    expect(world.app.events).toContainEqual(expect.objectContaining({ type: 'creative.changed' }));
  });

  it('is refused while players could not show the file; what destinations ask does not stand in its way', async () => {
    expect(good.qc!.blocks).toBeGreaterThan(0);
    await move(dark, 'submit', 'planner');
    await expect(move(dark, 'approve', 'reviewer')).rejects.toMatchObject({
      code: 'creative.qc_blocking',
      message: expect.stringContaining('Players could not show it'),
    });
    const shown = await call<Creative>('getCreative', { creativeId: dark.id });
    expect(shown.actions.find((one) => one.action === 'approve')).toMatchObject({ allowed: false });
    const report = await inAccount((tx) => world.module.creativesForReport(tx));
    expect(report.find((one) => one.id === dark.id)!.qcBlocking).toMatchObject({ since: expect.any(Date) });
  });
});

describe('serving', () => {
  it('gets what is approved, as the protocol wants it, and a document that compiles', async () => {
    const rows = await serving();
    expect(rows.map((row) => [row.id, row.isServable])).toEqual([[good.id, true]]);
    const [row] = rows;
    const { campaignId, lineItemId, isServable, ...rest } = row!;
    expect(() => SnapshotCreative.parse({ ...rest, status: 'approved' })).not.toThrow();
    expect([campaignId, lineItemId]).toEqual([world.campaignIds[0], null]);
    expect(rest).toMatchObject({
      adDomain: 'fernwhistle.example',
      categories: ['IAB20'],
      universalAdId: { idRegistry: 'cuepoint', idValue: good.id },
      mediaFiles: [{ hash: good.sha256, mime: 'video/mp4', codec: expect.stringMatching(/^avc1\.42/) }],
    });
    expect(world.stored()).toContain(rest.mediaFiles[0]!.path);
    const document = rest.vast as unknown as VastDocument;
    for (const version of ['2.0', '3.0', '4.2'] as const) {
      expect(compileVast(document, { version }).slots).toContain('track_complete');
    }
    expect(lintVast(document).filter((finding) => finding.severity !== 'info')).toEqual([]);
  });

  it('still hears of what changed lately, for its clicks only', async () => {
    const rows = await serving(new Date('2000-01-01'));
    expect(rows.find((row) => row.id === dark.id)).toMatchObject({ isServable: false });
  });

  it('stops when an approval is taken back', async () => {
    await move(good, 'reject', 'reviewer', { reason: 'The claim is not cleared.' });
    expect(await serving()).toEqual([]);
    await move(good, 'submit', 'planner');
    await move(good, 'approve', 'reviewer');
    expect(await serving()).toHaveLength(1);
  });
});

describe('the VAST tag', () => {
  it('works as a URL and reads as a document, clean, with the vendors of the creative', async () => {
    const tag = await call<Tag>('getVastTag', { creativeId: good.id });
    const seconds = good.durationMs! / 1000;
    expect(tag.tagUrl).toBe(
      `https://ads.example/vast?pl=video-0123456789&dur=${seconds}&mindur=${seconds}&v=4.2&rid=[TRANSACTIONID]&cb=[CACHEBUSTING]`,
    );
    expect(tag.findings.filter((finding) => finding.severity !== 'info')).toEqual([]);
    expect(tag.dropped).toEqual([]);
    expect(tag.xml).toContain('vendor="integralads.com-omid"');
    expect(tag.xml).toContain('vendor="doubleverify.com-omid"');
    expect(tag.xml).toContain(`https://ads.example/media/${good.sha256}.mp4`);
    expect(parseVast(tag.xml).ok).toBe(true);
    expect(tag.warnings.join(' ')).toContain('count nothing');
    expect(tag.warnings.join(' ')).not.toContain('until the creative is approved');
    const waiting = await call<Tag>('getVastTag', { creativeId: dark.id });
    expect(waiting.warnings.join(' ')).toContain('until the creative is approved');
  });

  it('goes without vendors, and in older versions says what it leaves out', async () => {
    const bare = await call<Tag>('getVastTag', { creativeId: good.id, vendors: [] });
    expect(bare.xml).not.toContain('AdVerifications');
    expect(bare.findings.filter((finding) => finding.severity !== 'info')).toEqual([]);
    const old = await call<Tag>('getVastTag', { creativeId: good.id, vastVersion: '2.0' });
    expect(old.vastVersion).toBe('2.0');
    expect(old.dropped.length).toBeGreaterThan(0);
    expect(old.xml).toContain('<Extension type="AdVerifications">');
  });

  it('takes Moat only by its legacy flag, with a warning', async () => {
    const moat = { creativeId: good.id, vendors: ['moat'] };
    await expect(call('getVastTag', moat)).rejects.toMatchObject({ code: 'vendor.retired' });
    const tag = await call<Tag>('getVastTag', { ...moat, legacyMoat: true });
    expect(tag.warnings[0]).toContain('30 September 2024');
    expect(tag.findings).toContainEqual(expect.objectContaining({ rule: 'verification.vendor-retired' }));
  });

  it('is not handed out when the document would break the standard', async () => {
    const { rows } = await world.app.database.ownerQuery('SELECT measurement FROM asset WHERE id = $1', [
      good.assetId,
    ]);
    const kept = JSON.stringify(rows[0]!.measurement);
    const set = 'UPDATE asset SET measurement = $2::jsonb WHERE id = $1';
    const zero = JSON.stringify({ ...(rows[0]!.measurement as object), durationMs: 0 });
    await world.app.database.ownerQuery(set, [good.assetId, zero]);
    await expect(call('getVastTag', { creativeId: good.id })).rejects.toMatchObject({
      code: 'creative.vast_invalid',
      details: { findings: [expect.objectContaining({ rule: 'linear.duration-zero' })] },
    });
    await world.app.database.ownerQuery(set, [good.assetId, kept]);
    await expect(call('getVastTag', { creativeId: 'crv_00000000' })).rejects.toMatchObject({
      code: 'creative.not_found',
    });
  });
});

describe('vendors, landing page and name', () => {
  const version = async () => (await call<Creative>('getCreative', { creativeId: good.id })).version;
  const set = async (input: Record<string, unknown>, ifMatch?: number): Promise<Creative> =>
    call<Creative>(
      'setVendors',
      { creativeId: good.id, ...input },
      { role: 'planner', ifMatch: ifMatch ?? (await version()) },
    );

  it('are changed on the version that was seen, and nothing else moves', async () => {
    const before = await version();
    const after = await set({ vendors: ['ias', 'ias'], name: 'Ridge, cut 2' });
    expect(after).toMatchObject({ vendors: ['ias'], name: 'Ridge, cut 2', approval: 'approved' });
    expect(after.version).toBe(before + 1);
    await expect(set({ name: 'x' }, before)).rejects.toMatchObject({ code: 'version.conflict' });
    await expect(
      call('setVendors', { creativeId: good.id, name: 'x' }, { role: 'planner' }),
    ).rejects.toMatchObject({ code: 'version.required' });
  });

  it('take Moat by its flag only; its tag then needs none', async () => {
    await expect(set({ vendors: ['moat'] })).rejects.toMatchObject({ code: 'vendor.retired' });
    expect(await set({ vendors: ['moat'], legacyMoat: true })).toMatchObject({ vendors: ['moat'] });
    const tag = await call<Tag>('getVastTag', { creativeId: good.id });
    expect(tag.warnings[0]).toContain('30 September 2024');
    expect(await serving()).toHaveLength(1);
    await set({ vendors: ['ias', 'doubleverify'] });
  });

  it('a landing page that nobody reviewed ends the approval', async () => {
    const after = await set({ clickThroughUrl: 'https://elsewhere.example/offer' });
    expect(after).toMatchObject({ approval: 'draft', clickThroughUrl: 'https://elsewhere.example/offer' });
    expect(await serving()).toEqual([]);
    const { approvalEvents } = await call<Detail>('getCreative', { creativeId: good.id });
    expect(approvalEvents.at(-1)).toMatchObject({ to: 'draft', reason: 'The landing page changed.' });
    await expect(set({ clickThroughUrl: 'javascript:alert(1)' })).rejects.toMatchObject({
      code: 'input.invalid',
    });
    await move(good, 'submit', 'planner');
    await move(good, 'approve', 'reviewer');
  });
});
