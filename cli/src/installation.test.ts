import { readFileSync, writeFileSync } from 'node:fs';
import {
  type CampaignDetail,
  type DebugToken,
  type Explanation,
  exitCodes,
  type LineItemDelivery,
} from '@cuepoint/contract';
import { loadConfig, locateMediaTools } from '@cuepoint/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from './connect/api.ts';
import { findRunning } from './connect/installation.ts';
import type { DemoResult } from './demo/result.ts';
import { runDemo } from './demo/run-demo.ts';
import { createSandboxControl } from './demo/sandbox-control.ts';
import { createTerminal } from './output/terminal.ts';
import { cuepoint, scratchDirectory, spawnCuepoint, startCuepoint } from './testing/cli.ts';
import { makeSampleVideo } from './testing/sample-video.ts';

/** The commands as users give them, against one installation. */
const scratch = scratchDirectory();
const dataDir = scratch.path('data');
const here = ['--data-dir', dataDir];
const video = scratch.path('spot.mp4');
const unknownCreative = 'crv_01jcx9w2b8k3m5n7p9q1';
let installation: Awaited<ReturnType<typeof startCuepoint>>;

beforeAll(async () => {
  await Promise.all([
    startCuepoint(dataDir).then((started) => {
      installation = started;
    }),
    makeSampleVideo(video),
  ]);
});
afterAll(async () => {
  expect(await installation?.stop()).toBe(exitCodes.ok);
  scratch.remove();
});

async function json<T>(...words: string[]): Promise<T> {
  const { code, stdout, stderr } = await cuepoint(...words, '--json', ...here);
  expect(`${stderr}${code === 0 ? '' : stdout}`).toBe('');
  return JSON.parse(stdout) as T;
}

/** What may not have been left half-written. */
async function counts(): Promise<Record<string, number>> {
  const lists = ['campaigns', 'creatives', 'generations', 'deployments', 'brands', 'audit'];
  const totals = await Promise.all(
    lists.map(
      async (name) => [name, (await json<{ total: number }>(name, 'list', '--limit', '1')).total] as const,
    ),
  );
  return Object.fromEntries(totals);
}

interface Launched {
  campaignId: string;
  campaignName: string;
}
interface Creative {
  id: string;
  status: string;
  approval: string;
}

describe('from a brief to a review', () => {
  let campaignId = '';
  let creativeId = '';

  it('launches a brief under a generated name', async () => {
    const launched = await json<Launched>('briefs', 'launch', 'briefs/fernwhistle-us.yaml');
    campaignId = launched.campaignId;
    expect(launched.campaignName).toMatch(/^FRN_US_CTV_\d{4}_RidgeSeason$/);
    const again = await cuepoint('briefs', 'launch', 'briefs/fernwhistle-us.yaml', ...here);
    expect(again.code).toBe(exitCodes.conflict);
    expect(again.stderr).toContain('(name.taken)');
  });

  it('says what a generation would cost, and keeps nothing of it', async () => {
    const words = [
      'generate',
      '--campaign-id',
      campaignId,
      '--prompt',
      'A ridge at dawn',
      '--placement',
      'stv',
    ];
    const before = await counts();
    const dry = await json<{ status: string; estimatedCostMicros: number; placement: string }>(
      ...words,
      '--dry-run',
    );
    expect(dry).toMatchObject({ placement: 'streaming_tv' });
    expect(dry.estimatedCostMicros).toBeGreaterThan(0);
    expect(await counts()).toEqual(before);
  });

  it('follows a generation to its end, and fails with it', async () => {
    // The stand-in refuses this word as the real generator refuses what its moderation finds.
    const prompt = 'a sandbox-moderation of everything';
    const { code, stdout, stderr } = await cuepoint(
      ...['generate', '--campaign-id', campaignId, '--prompt', prompt, ...here],
    );
    expect(code).toBe(exitCodes.failure);
    expect(stderr).toContain('simulated generator');
    expect(stdout).toMatch(/job +gen_[0-9a-z]+, failed/);
    expect(stdout).toMatch(/failure +\S+/);
  });

  it('takes a video, and tells what may be done with it', async () => {
    const words = [
      'creatives',
      'upload',
      campaignId,
      video,
      '--click-through-url',
      'https://fernwhistle.example/',
    ];
    creativeId = (await json<Creative>(...words)).id;
    for (;;) {
      const { status } = await json<Creative>('creatives', 'show', creativeId);
      if (status === 'active') break;
      expect(status).toBe('processing');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const quality = await cuepoint('creatives', 'qc', creativeId, ...here);
    expect(quality.stdout).toMatch(/Cuepoint serving +(pass|warn)/);
    expect(quality.stdout).toMatch(/block Amazon STV Prime Video, .*: measured .*, limit /);
  });

  it('sends nothing unapproved, and approves in two moves', async () => {
    const early = await cuepoint('traffic', '--creative-id', creativeId, '--dsp', 'amazon', ...here);
    expect(early.code).toBe(exitCodes.conflict);
    expect(early.stderr).toContain('(creative.not_approved)');
    const words = (action: string) => ['approve', '--creative-id', creativeId, '--action', action, ...here];
    expect((await cuepoint(...words('approve'))).code).toBe(exitCodes.conflict);
    expect((await cuepoint(...words('reject'))).code).not.toBe(exitCodes.ok);
    expect((await cuepoint(...words('submit'))).stdout).toMatch(/approval +submitted/);
    expect((await cuepoint(...words('approve'))).stdout).toMatch(/approval +approved/);
  });

  it('hands out the VAST document alone, with what there is to say beside it', async () => {
    const vast = await cuepoint(
      'vast',
      '--creative-id',
      creativeId,
      '--vendors',
      'ias,doubleverify',
      ...here,
    );
    expect(vast.code).toBe(exitCodes.ok);
    expect(vast.stdout).toMatch(/^<\?xml .*<VAST version="4\.2"/s);
    expect(vast.stdout.match(/<Verification /g)).toHaveLength(2);
    expect(vast.stderr).toContain('tag http');
    const moat = await cuepoint('vast', '--creative-id', creativeId, '--vendors', 'moat', ...here);
    expect(moat.code).toBe(exitCodes.blocked);
    expect(moat.stderr).toContain('30 September 2024');
  });

  it('sends to one platform and refuses by name those that are not offered yet', async () => {
    const dsps = ['--dsp', 'amazon', '--dsp', 'thetradedesk', '--dsp', 'dv360'];
    const dry = await cuepoint('traffic', '--creative-id', creativeId, '--dsp', 'amazon', '-n', ...here);
    expect(dry.stdout).toContain('would send POST /adsApi/v1/create/campaigns');
    const sent = await cuepoint('traffic', '--creative-id', creativeId, ...dsps, ...here);
    expect(sent.code).toBe(exitCodes.failure);
    expect(sent.stdout).toMatch(/amazon {2}Amazon DSP: approved \(simulated\)/);
    expect(sent.stdout).toMatch(/thetradedesk {2}refused: .* \(dsp\.not_offered\)/);
    expect(sent.stdout).toMatch(/dv360 {2}refused: .* \(dsp\.not_offered\)/);
    const { items } = await json<{ items: Array<{ id: string }> }>('deployments', 'list');
    expect((await cuepoint('deployments', 'show', items[0]!.id, ...here)).stdout).toContain(
      'adAssociationId',
    );
  });

  it('says why a request got what it got, and decides one that nobody made', async () => {
    const { version, lineItems } = await json<CampaignDetail>('campaigns', 'show', campaignId);
    const { id: lineItemId, version: seen } = lineItems[0]!;
    await json('line-items', 'update', lineItemId, '--countries', 'US', '--if-match', String(seen));
    const setStatus = (status: string, ifMatch: number) =>
      json<CampaignDetail>('campaigns', 'set-status', campaignId, status, '--if-match', String(ifMatch));
    const active = await setStatus('active', version);
    expect(active.status).toBe('active');
    expect((await cuepoint('debug-token', '--minutes', '5', ...here)).stdout).toMatch(
      /curl -s -o \/dev\/null -D - -H 'X-Cuepoint-Debug: [^']+' 'http[^']+\/vast\?pl=/,
    );
    const { token, header, tagUrl } = await json<DebugToken>('debug-token');
    let asked = 0;
    let told: Headers;
    do {
      asked += 1;
      expect(asked, 'requests until the campaign serves').toBeLessThan(200);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const answer = await fetch(`${tagUrl}&country=US&devicetype=ctv&rid=cli-${asked}`, {
        headers: { [header]: token },
      });
      told = answer.headers;
    } while (told.get('x-cuepoint-reason') !== 'ad');

    const why = await cuepoint('why', `cli-${asked}`, '--line-item', lineItemId, ...here);
    expect([why.code, why.stderr]).toEqual([exitCodes.ok, '']);
    expect(why.stdout).toContain(`${told.get('x-cuepoint-decision')}, request cli-${asked}`);
    expect(why.stdout).toMatch(/replay +exact\. /);
    expect(why.stdout).toMatch(/facts +.*country US/);
    expect(why.stdout).toContain(`(${lineItemId}) served: all `);

    const abroad = ['decide', '--facts', '{"country":"JP","device":"ctv"}', '--line-item', lineItemId];
    const decided = await cuepoint(...abroad, ...here);
    expect([decided.code, decided.stderr]).toEqual([exitCodes.ok, '']);
    expect(decided.stdout).toMatch(/decision +a preview/);
    expect(decided.stdout).toMatch(/geo +country in \{US\} +country JP/);
    expect(decided.stdout).toContain('Smallest edit, with it the line item serves, as tried:');
    expect((await json<Explanation>(...abroad)).focus).toMatchObject({ served: false, editsVerified: true });

    const delivery = await json<LineItemDelivery>('line-items', 'delivery', lineItemId);
    expect(delivery).toMatchObject({ lineItemId, pacing: 'even', inSnapshot: true });
    expect(delivery.reservedMicros).toBeGreaterThan(0);
    const nobody = await cuepoint('why', 'nobody-asked', ...here);
    expect(nobody.code).toBe(exitCodes.notFound);
    expect(nobody.stderr).toContain('(decision.not_found)');
    // Out of the way of what else is served here.
    await setStatus('paused', active.version);
  });

  it('shows status, supply paths and dashboard in words', async () => {
    const status = await cuepoint('status', ...here);
    expect(status.stdout).toContain(installation.welcome.publicUrl);
    expect(status.stdout).toContain('Luma Dream Machine simulated');
    const supply = await cuepoint('supply-chain', '--base-cpm', '10.0', ...here);
    expect(supply.stdout).toMatch(/Amazon DSP -> Bidswitch -> Magnite .* 7\.020000 +7\.263760/);
    expect(supply.stdout).toMatch(/The Trade Desk -> Bidswitch -> Magnite .* 6\.720000 +7\.013860/);
    expect(supply.stdout).toContain('Assumptions');
    expect((await cuepoint('dashboard', ...here)).stdout).toContain('Needs attention');
    const doctor = await cuepoint('doctor', ...here);
    expect(doctor.stdout).toContain(`running at ${installation.welcome.publicUrl}`);
  });

  it('speaks MCP line by line', async () => {
    const lines = [
      {
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'test', version: '1' },
        },
      },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/call', params: { name: 'get_status', arguments: {} } },
    ].map((message) => JSON.stringify({ jsonrpc: '2.0', ...message }));
    const { code, stdout } = await spawnCuepoint(['mcp', ...here], {
      input: `${[...lines, 'no json'].join('\n')}\n`,
    });
    expect(code).toBe(exitCodes.ok);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ id }) => id)).toEqual([1, 2, null]);
    expect(answers[1].result.content[0].text).toContain('simulatedPlatforms');
    expect(answers[2].error.code).toBe(-32_700);
  });
});

describe('the demo on a server that runs', () => {
  /** Each measures the spot and two cuts of it, beside whatever else the machine does. */
  const demoLimitMs = 180_000;
  const target = async (fetching?: typeof fetch) => {
    const terminal = createTerminal({
      json: false,
      quiet: true,
      plain: true,
      stdout: process.stdout,
      stderr: process.stderr,
    });
    const found = (await findRunning(loadConfig({ flags: { dataDir } }).config, terminal))!;
    const options = { origin: found.origin, token: found.token, ...(fetching ? { fetch: fetching } : {}) };
    return { found, terminal, options, client: api(options) };
  };

  it(
    'runs beside a campaign of the same name, and goes first only while it asks',
    async () => {
      const words = ['demo', 'briefs/fernwhistle-us.yaml', '--video', video, '--ads', '12'];
      const { code, stdout, stderr } = await cuepoint(...words, '--json', ...here);
      const result = JSON.parse(stdout) as DemoResult;
      expect(result.failure).toBeUndefined();
      expect(code).toBe(exitCodes.ok);
      expect(result.brief).toMatchObject({
        suffix: '2',
        campaignName: expect.stringMatching(/_RidgeSeason2$/),
      });
      expect(result.server).toMatchObject({ own: false, publicUrl: installation.welcome.publicUrl });
      expect(result.server.signInUrl).toContain(installation.welcome.publicUrl);
      expect(result.creative).toMatchObject({ source: 'uploaded', simulated: false });
      // Not a terminal: one line a change, and no escape sequences.
      expect(stderr).toContain(' 7 Serving');
      expect(stderr).not.toContain('\u001b');
      const { lineItems } = await json<{ lineItems: Array<{ priority: number }> }>(
        ...['campaigns', 'show', result.brief!.campaignId],
      );
      expect(lineItems[0]!.priority).toBe(8);
      const agreed = await cuepoint('reconcile', result.brief!.campaignId, ...here);
      expect(agreed.stdout).toContain('agree one by one');
      const verified = await cuepoint('events', 'verify', ...here);
      expect(verified).toMatchObject({ code: exitCodes.ok, stderr: '' });
      expect(verified.stdout).toContain('The counts agree with the logs');
      expect(verified.stdout).toMatch(/log node-1 +counted through segment 1/);
      expect(await json('events', 'rebuild', '--dry-run')).toMatchObject({ changed: false });
    },
    demoLimitMs,
  );

  it(
    'sends nothing of a file that no inventory takes, and serves it all the same',
    async () => {
      const short = scratch.path('short.mp4');
      await makeSampleVideo(short, 3);
      const { code, stdout } = await cuepoint('demo', '--video', short, '--ads', '6', '--json', ...here);
      const result = JSON.parse(stdout) as DemoResult;
      expect(result.failure).toBeUndefined();
      expect(code).toBe(exitCodes.ok);
      expect(result.trafficking).toMatchObject({ status: 'refused', deploymentId: null, attempts: [] });
      expect(result.trafficking!.refusal).toContain('fits no inventory of Amazon DSP');
      expect(result.stats!.totals.impressions).toBeGreaterThan(0);
      // As many ads as fit, the shortest ones cut from so short a spot.
      expect(result.break!.ads).toHaveLength(3);
    },
    demoLimitMs,
  );

  it(
    'fails when one event is missing from the report',
    async () => {
      let dropped: string | null = null;
      const dropping: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        if (!/\/campaigns\/[^/]+\/events/.test(String(input))) return response;
        const page = (await response.json()) as { items: Array<{ event: string; decisionId: string }> };
        const index = page.items.findIndex(({ event }) => event === 'midpoint');
        const [gone] = page.items.splice(index, 1);
        dropped = `${gone!.event} of ${gone!.decisionId}`;
        return Response.json(page);
      };
      const { found, terminal, options, client } = await target(dropping);
      const result: DemoResult = {
        ok: false,
        startedAt: new Date().toISOString(),
        tookMs: 0,
        server: { publicUrl: found.publicUrl, own: false, dataDir, kept: true, signInUrl: null },
        steps: [],
      };
      await runDemo(
        {
          client,
          target: options,
          status: await client.system.getStatus({}),
          dataDir,
          sandbox: createSandboxControl(found.sandboxOrigin!),
          own: false,
          terminal,
          ffmpegPath: (await locateMediaTools(loadConfig().config)).ffmpeg.path,
          options: {
            brief: { text: readFileSync('briefs/fernwhistle-us.yaml', 'utf8'), source: 'test' },
            video,
            ads: 8,
          },
        },
        result,
      );
      expect(result.ok).toBe(false);
      expect(result.failure).toMatchObject({ step: 'Reconciliation', exitCode: exitCodes.failure });
      expect(result.failure!.problem.detail).toContain(`${dropped} is in the log and not in the report`);
      expect(result.reconciliation).toMatchObject({
        agrees: false,
        differences: [{ kind: 'event_missing' }],
      });
    },
    demoLimitMs,
  );
});

describe('bad input', () => {
  const brief = readFileSync('briefs/fernwhistle-us.yaml', 'utf8').replace('Ridge Season', 'Never Launched');
  const writeBrief = (name: string, change: (text: string) => string): string => {
    const path = scratch.path(name);
    writeFileSync(path, change(brief));
    return path;
  };

  it.each([
    ['malformed', (text: string) => text.replace('brand:', 'brand: ['), 'brief.invalid', 'YAML'],
    [
      'of wrong dates',
      (text: string) => text.replace('end: today +27', 'end: 2026-02-30'),
      'brief.invalid',
      'flight.end',
    ],
    [
      'that ends first',
      (text: string) => text.replace('start: today', 'start: today +40'),
      'brief.invalid',
      'flight',
    ],
    ['without money', (text: string) => text.replace('24000.00', '0'), 'brief.invalid', 'budget'],
    [
      'of an unknown market',
      (text: string) => text.replace('market: US', 'market: XX'),
      'market.not_found',
      'XX',
    ],
    ['with an unknown field', (text: string) => `${text}colour: red\n`, 'brief.invalid', 'colour'],
  ])('refuses a brief %s and keeps nothing', async (name, change, code, told) => {
    const path = writeBrief(`${name}.yaml`, change);
    const before = await counts();
    const refused = await cuepoint('briefs', 'launch', path, ...here);
    expect(refused.code).toBe(code === 'market.not_found' ? exitCodes.notFound : exitCodes.blocked);
    expect(refused.stderr).toContain(`(${code})`);
    expect(refused.stderr).toContain(told);
    const demo = await cuepoint('demo', path, '--video', video, '--json', ...here);
    expect(demo.code).toBe(refused.code);
    expect((JSON.parse(demo.stdout) as DemoResult).failure).toMatchObject({ problem: { code } });
    expect(await counts()).toEqual(before);
  });

  it('refuses to demonstrate a flight that has not begun, and takes its campaign back', async () => {
    const path = writeBrief('later.yaml', (text) =>
      text.replace('start: today', 'start: today +3').replace('name: Never Launched', 'name: Much Later'),
    );
    const { total } = await json<{ total: number }>('campaigns', 'list');
    const { code, stderr, stdout } = await cuepoint('demo', path, '--video', video, ...here);
    expect(code).toBe(exitCodes.usage);
    expect(stdout + stderr).toContain('flight.start');
    expect((await json<{ total: number }>('campaigns', 'list')).total).toBe(total);
  });

  it('refuses what is no video, and half of one', async () => {
    const { items } = await json<{ items: Array<{ id: string }> }>('campaigns', 'list');
    const text = scratch.path('text.mp4');
    writeFileSync(text, 'this is a text that somebody called a video\n'.repeat(100));
    const half = scratch.path('half.mp4');
    const whole = readFileSync(video);
    writeFileSync(half, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const before = await counts();
    for (const [file, code] of [
      [text, 'media.not_a_video'],
      [half, 'media.truncated'],
    ] as const) {
      const refused = await cuepoint('creatives', 'upload', items[0]!.id, file, ...here);
      expect(refused.stderr).toContain(`(${code})`);
      expect(refused.code).toBe(exitCodes.blocked);
      const asJson = await cuepoint('creatives', 'upload', items[0]!.id, file, '--json', ...here);
      expect(JSON.parse(asJson.stdout)).toMatchObject({ code });
    }
    expect(await counts()).toEqual(before);
  });

  it.each([
    [['creatives', 'show', unknownCreative], 'creative.not_found'],
    [['vast', '--creative-id', unknownCreative], 'creative.not_found'],
    [['approve', '--creative-id', unknownCreative, '--action', 'submit'], 'creative.not_found'],
    [['traffic', '--creative-id', unknownCreative, '--dsp', 'amazon'], 'creative.not_found'],
    [['generate', '--campaign-id', 'cmp_01jcx9w2b8k3m5n7p9q1', '--prompt', 'anything'], 'campaign.not_found'],
    [['stats', 'cmp_01jcx9w2b8k3m5n7p9q1'], 'campaign.not_found'],
    [['reconcile', 'cmp_01jcx9w2b8k3m5n7p9q1'], 'campaign.not_found'],
    [['deployments', 'show', 'dep_01jcx9w2b8k3m5n7p9q1'], 'deployment.not_found'],
    [['supply-chain', '--first', '99'], 'supply_path.not_found'],
  ])('knows no %s', async (words, code) => {
    const { code: exitCode, stderr } = await cuepoint(...words, ...here);
    expect(stderr).toContain(`(${code})`);
    expect(exitCode).toBe(exitCodes.notFound);
  });

  it('starts no second server on the same data', async () => {
    const { code, stdout } = await spawnCuepoint(['start', '--port', '0', '--json', ...here]);
    expect(code).toBe(exitCodes.conflict);
    expect(JSON.parse(stdout).detail).toContain(`it answers at ${installation.welcome.publicUrl}`);
  });
});
