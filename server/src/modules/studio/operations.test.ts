import type { GenerationJob, Role } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { lumaInfo } from './adapters/luma/info.ts';
import type { VideoGenerator } from './ports.ts';
import { createStudioWorld, type StudioWorld } from './testing/world.ts';

const unused = async () => {
  throw new Error('an operation spoke to the generator');
};
/** Tells what it costs; must not be asked for anything by an operation. */
const generator: VideoGenerator = {
  info: { ...lumaInfo, promptCharacters: { min: 3, max: 1_200 } },
  create: unused,
  getStatus: unused,
  pollDelayMs: () => 1,
  download: unused,
  findByIntent: unused,
  remove: unused,
  credits: unused,
  estimateCostMicros: ({ durationSeconds }) => durationSeconds * 80_000,
};
let world: StudioWorld;
beforeAll(async () => {
  world = await createStudioWorld(generator);
});
afterAll(() => world?.close());

async function refusal(operation: string, input: unknown, role: Role = 'planner') {
  try {
    await world.app.call(operation, input, { role });
  } catch (error) {
    if (AppError.is(error)) return { code: error.code, detail: error.message, fields: error.fields ?? [] };
    throw error;
  }
  throw new Error('it went through');
}
const count = async (table: string) =>
  Number((await world.app.database.ownerQuery(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n);

describe('asking for a video', () => {
  it('plans its scenes, tells the cost, and sends one job', async () => {
    const before = world.sent.length;
    const job = await world.generate({ durationSeconds: 30, tone: 'bold', placement: 'olv' });
    expect(job).toMatchObject({
      status: 'queued',
      placement: 'online_video',
      durationMs: 30_000,
      estimatedCostMicros: 6 * 5 * 80_000,
      costMicros: 0,
      simulated: true,
    });
    expect(job.scenes).toHaveLength(6);
    expect(world.sent.slice(before)).toEqual([
      { name: 'studio.generate', data: { accountId: world.app.accounts[0], generationJobId: job.id } },
    ]);
  });

  it('takes 15 and 30 seconds, as number or text, and nothing else', async () => {
    expect((await world.generate({ durationSeconds: '15' })).durationMs).toBe(15_000);
    const { id: campaignId } = await world.campaign();
    for (const durationSeconds of [20, '45', 0]) {
      const { code, fields } = await refusal('studio.generateCreative', {
        campaignId,
        prompt: 'abc',
        durationSeconds,
      });
      expect([code, fields[0]!.field]).toEqual(['input.invalid', 'durationSeconds']);
    }
  });

  it('says what it would cost and keeps nothing', async () => {
    const { id: campaignId } = await world.campaign();
    const before = await count('generation_job');
    const job = (await world.app.call(
      'studio.generateCreative',
      { campaignId, prompt: 'Boots' },
      { dryRun: true },
    )) as GenerationJob;
    expect(job.estimatedCostMicros).toBe(1_200_000);
    expect(await count('generation_job')).toBe(before);
  });

  it('refuses a campaign it cannot see, and a text no scene can hold', async () => {
    const prompt = 'Boots';
    const missing = { campaignId: 'cmp_00000000000000000000', prompt };
    expect((await refusal('studio.generateCreative', missing)).code).toBe('campaign.not_found');
    const { id: campaignId } = await world.campaign();
    const long = await refusal('studio.generateCreative', {
      campaignId,
      prompt: 'wet stone and dry miles '.repeat(100),
    });
    expect(long).toMatchObject({ code: 'brief.invalid', fields: [{ field: 'prompt' }] });
  });

  it('does nothing for a reviewer', async () => {
    const { id: campaignId } = await world.campaign();
    expect((await refusal('studio.generateCreative', { campaignId, prompt: 'Boots' }, 'reviewer')).code).toBe(
      'auth.forbidden',
    );
  });
});

describe('generation jobs', () => {
  it('are shown in their account, page by page', async () => {
    const job = await world.generate();
    expect(await world.job(job.id)).toEqual(job);
    expect(
      (await refusal('studio.getGenerationJob', { generationJobId: 'gen_00000000000000000000' })).code,
    ).toBe('generation.not_found');
    await expect(
      world.app.call('studio.getGenerationJob', { generationJobId: job.id }, { account: 1 }),
    ).rejects.toMatchObject({ code: 'generation.not_found' });
    type List = { items: GenerationJob[]; nextCursor: string | null; total: number };
    const seen: string[] = [];
    let cursor: string | null = null;
    let total = 0;
    do {
      const page: List = (await world.app.call('studio.listGenerationJobs', {
        limit: 2,
        ...(cursor ? { cursor } : {}),
      })) as List;
      seen.push(...page.items.map(({ id }) => id));
      ({ total, nextCursor: cursor } = page);
    } while (cursor);
    expect(new Set(seen).size).toBe(total);
    const of = (await world.app.call('studio.listGenerationJobs', { campaignId: job.campaignId })) as List;
    expect(of.items.map(({ id }) => id)).toEqual([job.id]);
    expect(await world.app.call('studio.listGenerationJobs', {}, { account: 1 })).toMatchObject({
      items: [],
      total: 0,
    });
  });

  it('that nobody works on are sent again', async () => {
    const job = await world.generate();
    await world.app.database.ownerQuery(
      `UPDATE generation_job SET updated_at = now() - interval '10 minutes' WHERE id = $1`,
      [job.id],
    );
    const before = world.sent.length;
    // Those made by other tests carry the instant of the standing clock: old as well.
    expect(await world.studio.sweep()).toBeGreaterThan(0);
    expect(world.sent.slice(before).map(({ data }) => data.generationJobId)).toContain(job.id);
  });
});

describe('launching a brief', () => {
  const brief = (over: Record<string, unknown> = {}) => ({
    brand: { name: 'Brackwater', code: 'BRK', domain: 'brackwater.example', colors: ['#102030'] },
    market: 'GB',
    channel: 'CTV',
    campaign: { name: 'Ferry North' },
    flight: { start: 'today', end: 'today +20', timeZone: 'Europe/London' },
    budget: '25000.50',
    cpm: 24.1,
    currency: 'GBP',
    message: 'Sleep on the water, wake on the islands.',
    callToAction: 'Book a cabin',
    landingUrl: 'https://brackwater.example/north',
    ...over,
  });
  const launch = (over: Record<string, unknown> = {}, options = {}) =>
    world.app.call('studio.launchBrief', { brief: brief(over) }, options) as Promise<{
      campaignId: string;
      campaignName: string;
      created: Array<{ kind: string }>;
      reused: Array<{ kind: string }>;
      generation: Record<string, unknown>;
    }>;
  const kinds = (list: Array<{ kind: string }>) => list.map(({ kind }) => kind).sort();

  it('makes what is missing and takes what is there', async () => {
    const first = await launch();
    expect(first.campaignName).toBe('BRK_GB_CTV_2026_FerryNorth');
    expect(kinds(first.created)).toEqual(['brand', 'campaign']);
    expect(kinds(first.reused)).toEqual(['channel', 'market']);
    expect(first.generation).toMatchObject({
      title: 'Ferry North',
      durationSeconds: 15,
      placement: 'streaming_tv',
    });
    const campaign = await world.app.call('campaigns.getCampaign', { campaignId: first.campaignId });
    expect(campaign).toMatchObject({
      budgetMicros: 25_000_500_000,
      currency: 'GBP',
      startAt: '2026-11-21T00:00:00.000Z',
    });
    const second = await launch({ campaign: { name: 'Ferry South' } });
    expect(kinds(second.created)).toEqual(['campaign']);
    expect(kinds(second.reused)).toEqual(['brand', 'channel', 'market']);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['market.not_found', 'market', { market: 'FR' }],
    ['brief.invalid', 'channel', { channel: 'RADIO' }],
    ['brief.invalid', 'currency', { currency: 'USD' }],
    ['brief.invalid', 'budget', { budget: 0 }],
    ['brief.invalid', 'budget', { budget: 0.001 }],
    [
      'brief.invalid',
      'flight.end',
      { flight: { start: '2026-12-02', end: '2026-12-01', timeZone: 'Europe/London' } },
    ],
    [
      'brief.invalid',
      'flight.end',
      { flight: { start: '2026-01-02', end: '2026-01-03', timeZone: 'Europe/London' } },
    ],
    [
      'brief.invalid',
      'brand.code',
      { brand: { name: 'Another', code: 'BRK', domain: 'other.example', colors: ['#102030'] } },
    ],
    ['brief.invalid', 'sponsor', { sponsor: 'x' }],
    ['name.taken', '', { campaign: { name: 'Ferry North' } }],
    ['name.invalid', 'CampaignName', { campaign: { name: '***' } }],
  ])('refuses with %s for %s, and leaves nothing half-made', async (code, field, over) => {
    const before = [await count('campaign'), await count('brand'), await count('audit_record')];
    const answer = await refusal('studio.launchBrief', { brief: brief(over) });
    expect(answer.code, answer.detail).toBe(code);
    if (field) expect(answer.fields.map((entry) => entry.field)).toContain(field);
    expect([await count('campaign'), await count('brand'), await count('audit_record')]).toEqual(before);
  });

  it('reads YAML, and names the line of what it cannot read', async () => {
    const bad = await refusal('studio.launchBrief', { brief: 'brand: [unclosed\nmarket: GB' });
    expect(bad.code).toBe('brief.invalid');
    expect(bad.detail).toMatch(/line \d/);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((letter, i) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`)
      .join('\n')}`;
    expect((await refusal('studio.launchBrief', { brief: bomb })).code).toBe('brief.invalid');
  });

  it('can be tried: the brand is not kept either', async () => {
    const before = await count('brand');
    const other = { name: 'Quillmoor', code: 'QLM', domain: 'quillmoor.example', colors: ['#102030'] };
    const answer = await launch({ brand: other, campaign: { name: 'Slow' } }, { dryRun: true });
    expect(answer.campaignName).toBe('QLM_GB_CTV_2026_Slow');
    expect(await count('brand')).toBe(before);
  });
});
