import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogPage, SnapshotBody } from '../../kernel/delivery-protocol.ts';
import type { RunningDelivery } from './main.ts';
import { call, postJson, until } from './testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from './testing/fake-control.ts';
import { sampleFlight, sampleLineItem, sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Started {
  control: FakeControl;
  node: RunningDelivery & { options: { dataDir: string } };
}

async function start(body: SnapshotBody = sampleSnapshot(), over: object = {}): Promise<Started> {
  const control = await startFakeControl();
  closers.push(() => control.close());
  control.publish(body);
  const node = await startNode({ controlOrigin: control.origin, ...over });
  closers.push(() => node.close());
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  return { control, node };
}

interface AdBody {
  decision_id: string;
  line_item_id: string;
  video_url: string;
  duration: number;
  vast: string;
  reason?: string;
  tracking: Record<string, string>;
}

async function ad(port: number, over: object = {}): Promise<AdBody> {
  const answer = await postJson(port, '/api/v1/ad-request', { request_id: 'r-1', duration: 30, ...over });
  expect(answer.status).toBe(200);
  return answer.json<AdBody>();
}

const pathOf = (url: string) => url.replace('http://ads.example', '').replace('[ERRORCODE]', '303');

async function tagOf(internalPort: number): Promise<string | null> {
  const status = await call(internalPort, '/internal/status', {
    headers: { Authorization: `Bearer ${PLANE_KEY}` },
  });
  return status.json<{ snapshotTag: string | null }>().snapshotTag;
}

async function readLog(internalPort: number): Promise<LogPage> {
  const answer = await call(internalPort, '/internal/log?limit=10000', {
    headers: { Authorization: `Bearer ${PLANE_KEY}` },
  });
  expect(answer.status).toBe(200);
  return answer.json<LogPage>();
}

describe('from request to log', () => {
  it('says of every event who saw the ad and where, also at a node that did not decide, and later', async () => {
    const { node, control } = await start();
    const other = await startNode({ controlOrigin: control.origin });
    closers.push(() => other.close());
    await until(async () => (await call(other.internalPort, '/readyz')).status === 200);
    const viewer = { country: 'US', devicetype: 'ctv', ifa: '6f1c0d2e-1111-4222-8333-944445555666' };
    const known = await ad(node.publicPort, viewer);
    const child = await ad(node.publicPort, { ...viewer, coppa: '1' });
    for (const { publicPort } of [node, other])
      for (const { tracking } of [known, child])
        for (const event of ['impression', 'start']) await call(publicPort, pathOf(tracking[event]!));
    await postJson(other.publicPort, '/api/v1/impression', {
      token: (await ad(node.publicPort, viewer)).tracking.impression,
    });

    const decision = (await readLog(node.internalPort)).entries.flatMap(({ record }) =>
      record.type === 'decision' && record.decisionId === known.decision_id ? [record.request] : [],
    )[0]!;
    expect(decision).toMatchObject({ identityKind: 'ifa', facts: { country: 'US', device: 'ctv' } });
    for (const { internalPort } of [node, other]) {
      const events = (await readLog(internalPort)).entries.flatMap(({ record }) =>
        record.type === 'event' ? [record] : [],
      );
      expect(events.length).toBe(internalPort === node.internalPort ? 4 : 5);
      for (const event of events) {
        const isKept = event.event === 'impression' && event.decisionId !== child.decision_id;
        expect(event).toMatchObject({ country: 'US', deviceType: 'ctv' });
        expect(event.identity ?? null).toBe(isKept ? decision.identity : null);
        expect(event.identityKind ?? 'none').toBe(isKept ? 'ifa' : 'none');
      }
    }
  });

  it('serves an ad, counts every event once, and writes all of it down', async () => {
    const { node } = await start();
    const served = await ad(node.publicPort);
    expect(served).toMatchObject({
      request_id: 'r-1',
      campaign_id: 'cmp_1',
      line_item_id: 'li_1',
      creative_id: 'crv_1',
      duration: 30,
      video_url: expect.stringMatching(/^http:\/\/ads\.example\/media\/(ab){32}\.mp4$/),
    });
    for (const [event, url] of Object.entries(served.tracking)) {
      if (event !== 'click') expect(served.vast).toContain(url);
      const first = await call(node.publicPort, pathOf(url));
      expect(first.status).toBe(event === 'click' ? 302 : 200);
      if (event === 'click')
        expect(first.headers.location).toBe('https://brand.example/landing?from=ctv&x=1');
    }
    expect((await call(node.publicPort, pathOf(served.tracking.impression!))).status).toBe(200);
    const api = await postJson(node.publicPort, '/api/v1/impression', { token: served.tracking.impression });
    expect(api.json()).toMatchObject({ status: 'duplicate', decision_id: served.decision_id });

    const page = await readLog(node.internalPort);
    const events = page.entries.flatMap(({ record }) => (record.type === 'event' ? [record] : []));
    expect(page.entries.filter(({ record }) => record.type === 'decision')).toHaveLength(1);
    expect(events).toHaveLength(15);
    expect(events.filter((event) => event.duplicate)).toHaveLength(2);
    expect(events.reduce((sum, event) => sum + event.spendMicros, 0)).toBe(20_000);
    expect(events.find((event) => event.event === 'error')?.errorCode).toBe(303);
    expect(events[0]).toMatchObject({
      event: 'impression',
      flightId: 'flt_li_1',
      placementId: 'plc_1',
      currency: 'USD',
      late: false,
      unbilled: null,
    });
    const status = await call(node.internalPort, '/internal/status', {
      headers: { Authorization: `Bearer ${PLANE_KEY}` },
    });
    expect(status.json()).toMatchObject({ ready: true, requests: 1, ads: 1, fillRate: 1, events: 15 });
    const metrics = (await call(node.internalPort, '/metrics')).body;
    expect(metrics).toContain('cuepoint_delivery_requests_total 1');
    expect(metrics).toContain('cuepoint_delivery_events_total{event="impression"} 3');
  });

  it('serves VAST in the version asked for, with signed addresses, and empty when there is no ad', async () => {
    const { node, control } = await start();
    const answer = await call(node.publicPort, '/vast?pl=main&dur=30&cb=123&w=1920&h=1080&gdpr=[GDPR]', {
      headers: { Origin: 'https://player.example' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('application/xml');
    expect(answer.headers['access-control-allow-origin']).toBe('https://player.example');
    expect(answer.headers['access-control-allow-credentials']).toBe('true');
    expect(answer.body).toContain('version="4.2"');
    expect(answer.body).toMatch(/<Impression>http:\/\/ads\.example\/t\/k1\.acc_1\.dec_/);
    expect((await call(node.publicPort, '/vast?v=3.0')).body).toContain('version="3.0"');
    expect((await call(node.publicPort, '/vast?pl=pub-one')).body).toContain('<Ad ');
    expect((await call(node.publicPort, '/vast', { headers: { Host: 'TV.example:8080' } })).body).toContain(
      '<Ad ',
    );
    control.publish(sampleSnapshot({ lineItems: [sampleLineItem({ id: 'li_1', status: 'paused' })] }));
    await until(async () => !(await call(node.publicPort, '/vast')).body.includes('<Ad '));
    const empty = await call(node.publicPort, '/vast');
    expect(empty.status).toBe(200);
    expect(empty.body).toMatch(/<VAST[^>]*version="4.2"[^>]*><Error>[^<]*<\/Error><\/VAST>/);
    expect(await ad(node.publicPort)).toMatchObject({ ad: null, reason: 'paused' });
  });
});

describe('money', () => {
  it('never promises or spends more than the budget, and gives unused promises back', async () => {
    const flights = [{ ...sampleLineItem({ id: 'li_1' }).flights[0]!, budgetMicros: 60_000 }];
    const { node } = await start(sampleSnapshot({ lineItems: [sampleLineItem({ id: 'li_1', flights })] }), {
      reservationTtlMs: 2000,
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ad(node.publicPort)));
    const ads = answers.filter((answer) => answer.reason === undefined);
    expect(ads).toHaveLength(3);
    expect(answers.filter((answer) => answer.reason === 'no_budget')).toHaveLength(7);
    expect((await call(node.publicPort, pathOf(ads[0]!.tracking.impression!))).status).toBe(200);
    expect((await ad(node.publicPort)).reason).toBe('no_budget');
    await until(async () => (await ad(node.publicPort)).reason === undefined, 6000);
    expect((await ad(node.publicPort)).reason).toBeUndefined();
    expect((await ad(node.publicPort)).reason).toBe('no_budget');
    // Both late ones are counted; the budget has no room for them until the new promises lapse.
    for (const late of ads.slice(1)) await call(node.publicPort, pathOf(late.tracking.impression!));
    const { entries } = await readLog(node.internalPort);
    const impressions = entries.flatMap(({ record }) => (record.type === 'event' ? [record] : []));
    expect(impressions.map(({ spendMicros, late, unbilled }) => [spendMicros, late, unbilled])).toEqual([
      [20_000, false, null],
      [0, true, 'budget_exhausted'],
      [0, true, 'budget_exhausted'],
    ]);
  });

  it('takes ingested spend off its own in the same step', async () => {
    const tight = sampleSnapshot({
      lineItems: [
        sampleLineItem({
          id: 'li_1',
          budgetMicros: 40_000,
          flights: [sampleFlight('li_1', { budgetMicros: null })],
        }),
      ],
    });
    const { node, control } = await start(tight);
    const first = await ad(node.publicPort);
    await call(node.publicPort, pathOf(first.tracking.impression!));
    const { next } = await readLog(node.internalPort);
    const tag = control.publish(tight, {
      ingestedThrough: { 'node-1': next },
      lineItems: { li_1: 20_000 },
      flights: { flt_li_1: [20_000, 1] },
    });
    await until(async () => (await tagOf(node.internalPort)) === tag);
    expect((await ad(node.publicPort)).reason).toBeUndefined();
    expect((await ad(node.publicPort)).reason).toBe('no_budget');
  });
});

describe('a node on its own', () => {
  it('serves on without the control plane, and starts again from disk with its counters', async () => {
    const budget = { budgetMicros: 60_000 };
    const { node, control } = await start(
      sampleSnapshot({ lineItems: [sampleLineItem({ id: 'li_1', ...budget })] }),
    );
    const one = await ad(node.publicPort);
    const two = await ad(node.publicPort);
    await call(node.publicPort, pathOf(one.tracking.impression!));
    await control.close();
    expect((await ad(node.publicPort)).reason).toBeUndefined();
    expect((await ad(node.publicPort)).reason).toBe('no_budget');
    const refused = await call(node.publicPort, '/api/v1/campaigns');
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'control.unavailable' });
    await node.close();

    const again = await startNode({ controlOrigin: control.origin, dataDir: node.options.dataDir });
    closers.push(() => again.close());
    expect((await call(again.internalPort, '/readyz')).status).toBe(200);
    // One spent, two still promised: nothing is left, and the open promise is honoured at its price.
    expect((await ad(again.publicPort)).reason).toBe('no_budget');
    expect((await call(again.publicPort, pathOf(two.tracking.impression!))).status).toBe(200);
    const repeated = await postJson(again.publicPort, '/api/v1/impression', {
      token: one.tracking.impression,
    });
    expect(repeated.json()).toMatchObject({ status: 'duplicate' });
    const { entries } = await readLog(again.internalPort);
    expect(
      entries.reduce((sum, { record }) => sum + (record.type === 'event' ? record.spendMicros : 0), 0),
    ).toBe(40_000);
  });

  it('starts again from counters that came without their body', async () => {
    const body = sampleSnapshot({ lineItems: [sampleLineItem({ id: 'li_1', budgetMicros: 60_000 })] });
    const { node, control } = await start(body);
    const tag = control.publish(body, {
      ingestedThrough: {},
      lineItems: { li_1: 60_000 },
      flights: { flt_li_1: [60_000, 3] },
    });
    await until(async () => (await tagOf(node.internalPort)) === tag);
    const kept = () => readdir(join(node.options.dataDir, 'snapshot'));
    await until(async () => (await kept()).includes('last-good-counters.ndjson'));
    expect(control.bodiesSent).toBe(1);
    await node.close();
    await control.close();
    const again = await startNode({ controlOrigin: control.origin, dataDir: node.options.dataDir });
    closers.push(() => again.close());
    expect(await tagOf(again.internalPort)).toBe(tag);
    expect((await ad(again.publicPort)).reason).toBe('no_budget');
  });

  it('that cannot listen closes what it opened', async () => {
    const { node, control } = await start();
    const { publicPort } = node;
    const dataDir = await mkdtemp(join(tmpdir(), 'cuepoint-taken-'));
    await expect(startNode({ controlOrigin: control.origin, dataDir, publicPort })).rejects.toThrow(
      'EADDRINUSE',
    );
    const again = await startNode({ controlOrigin: control.origin, dataDir });
    closers.push(() => again.close());
    await until(async () => (await call(again.internalPort, '/readyz')).status === 200);
    expect((await ad(again.publicPort)).reason).toBeUndefined();
  });

  it('follows edits of one thing and leaves the rest as it was', async () => {
    const body = sampleSnapshot();
    const { node, control } = await start(body);
    const first = await ad(node.publicPort);
    const [lineItem] = body.lineItems;
    const edits: [Partial<SnapshotBody>, string | undefined][] = [
      [{ lineItems: [{ ...lineItem!, status: 'paused' }] }, 'paused'],
      [{}, undefined],
      [{ creatives: [] }, 'no_approved_creative'],
      [{}, undefined],
      [{ lineItems: [] }, 'no_line_item'],
      [{}, undefined],
    ];
    for (const [edit, reason] of edits) {
      const tag = control.publish({ ...body, ...edit });
      await until(async () => (await tagOf(node.internalPort)) === tag);
      const answer = await ad(node.publicPort);
      expect(answer.reason).toBe(reason);
      if (reason === undefined) expect(answer.line_item_id).toBe(first.line_item_id);
    }
  });

  it('is alive but not ready without any snapshot, and keeps the old one when a new one is damaged', async () => {
    const control = await startFakeControl();
    closers.push(() => control.close());
    const node = await startNode({ controlOrigin: control.origin });
    closers.push(() => node.close());
    expect((await call(node.internalPort, '/livez')).status).toBe(200);
    expect((await call(node.internalPort, '/readyz')).status).toBe(503);
    expect((await call(node.publicPort, '/vast')).json()).toMatchObject({ code: 'delivery.not_ready' });
    control.publish(sampleSnapshot());
    await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
    control.publishText('{"schemaVersion":9,"hash":"', 'other');
    await until(async () =>
      (await call(node.internalPort, '/metrics')).body.includes(
        'cuepoint_delivery_snapshots_refused_total 1',
      ),
    );
    expect((await call(node.publicPort, '/vast')).body).toContain('<Ad ');
  });
});
