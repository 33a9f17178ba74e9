import { buildIndex, decide } from '@cuepoint/decisioning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placementFacts, toAdRequest } from '../../kernel/ad-request.ts';
import { DecisionRecord, type LogPage, type SnapshotBody } from '../../kernel/delivery-protocol.ts';
import { recordedReadings } from '../../kernel/replay-readings.ts';
import type { RunningDelivery } from './main.ts';
import { call, postJson, until } from './testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from './testing/fake-control.ts';
import { sampleCreative, sampleLineItem, sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';

const file = (n: number) => `${n}`.repeat(64);

/** Of each kind two ads that share it, and the price that says which comes first. */
const ADS = [
  ['category_1', { brand: 'brd_1', domain: 'a.example', file: 1, category: 'IAB2' }, 90],
  ['category_2', { brand: 'brd_2', domain: 'b.example', file: 2, category: 'IAB2' }, 80],
  ['brand_1', { brand: 'brd_3', domain: 'c.example', file: 3, category: 'IAB3' }, 70],
  ['brand_2', { brand: 'brd_3', domain: 'd.example', file: 4, category: 'IAB4' }, 60],
  ['domain_1', { brand: 'brd_5', domain: 'same.example', file: 5, category: 'IAB5' }, 50],
  ['domain_2', { brand: 'brd_6', domain: 'same.example', file: 6, category: 'IAB6' }, 40],
  ['file_1', { brand: 'brd_7', domain: 'g.example', file: 7, category: 'IAB7' }, 30],
  ['file_2', { brand: 'brd_8', domain: 'h.example', file: 7, category: 'IAB8' }, 20],
] as const;

function body(): SnapshotBody {
  const base = sampleSnapshot();
  const [placement] = base.placements;
  return {
    ...base,
    creatives: ADS.map(([name, one]) =>
      sampleCreative({
        id: `crv_${name}`,
        adDomain: one.domain,
        categories: [one.category],
        fingerprint: file(one.file),
      }),
    ),
    lineItems: ADS.map(([name, one, cpm]) =>
      sampleLineItem({
        id: `li_${name}`,
        brandId: one.brand,
        cpmMicros: cpm * 1_000_000,
        creatives: [{ creativeId: `crv_${name}`, weight: 1, sequence: 1, startAt: null, endAt: null }],
      }),
    ),
    placements: [
      { ...placement!, separationScope: 'stream' },
      { ...placement!, id: 'plc_pod', key: 'within', hosts: [], isDefault: false },
      {
        ...placement!,
        id: 'plc_blocked',
        key: 'blocked',
        hosts: [],
        isDefault: false,
        blockedBrands: ['brd_1'],
        blockedMedia: [file(2)],
      },
    ],
  };
}

interface Answer {
  ad?: null;
  line_item_id?: string;
  reason?: string;
}

describe('separation and blocking, as served', () => {
  let control: FakeControl;
  let node: RunningDelivery;
  beforeAll(async () => {
    control = await startFakeControl();
    control.publish(body());
    node = await startNode({ controlOrigin: control.origin });
    await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
  });
  afterAll(async () => {
    await node.close();
    await control.close();
  });

  const ask = async (placement: string, more: object = {}) =>
    (
      await postJson(node.publicPort, '/api/v1/ad-request', {
        request_id: 'r',
        duration: 30,
        placement,
        ...more,
      })
    ).json<Answer>();

  it('shows one of each category, brand, domain and file in a stream, in single ads and in breaks', async () => {
    const first: (string | undefined)[] = [];
    for (let n = 0; n < 4; n++) first.push((await ask('main', { stream_id: 'one' })).line_item_id);
    expect(first).toEqual(['li_category_1', 'li_brand_1', 'li_domain_1', 'li_file_1']);
    expect((await ask('main', { stream_id: 'one' })).reason).toBe('creative_dedupe');
    const pod = async (sid: string) =>
      (await call(node.publicPort, `/api/v1/pod?pl=main&poddur=60&maxads=2&sid=${sid}`)).json<{
        ads: { line_item_id: string }[];
        reason: string | null;
      }>();
    const shown = [];
    for (let n = 0; n < 2; n++) shown.push(...(await pod('two')).ads.map((ad) => ad.line_item_id));
    expect(shown).toEqual(first);
    expect(await pod('two')).toMatchObject({ ads: [], reason: 'creative_dedupe' });
    // Another session, none, and a placement that separates within a break only begin anew.
    for (const more of [{ stream_id: 'three' }, {}])
      expect((await ask('main', more)).line_item_id).toBe('li_category_1');
    for (let n = 0; n < 2; n++)
      expect((await ask('within', { stream_id: 'four' })).line_item_id).toBe('li_category_1');
  });

  it.each([
    [{ blocked_brands: ['brd_1'] }, 'li_category_2'],
    [{ blocked_brands: ['brd_1', 'brd_2'] }, 'li_brand_1'],
    [{ bbrand: 'brd_1', blocked_media: [file(2).toUpperCase()] }, 'li_brand_1'],
    [{ bmedia: [file(1)] }, 'li_category_2'],
  ])('blocks what %j says', async (more, lineItem) => {
    expect((await ask('main', more)).line_item_id).toBe(lineItem);
  });

  it('blocks what the placement says, and names why nothing is left', async () => {
    expect((await ask('blocked')).line_item_id).toBe('li_brand_1');
    const brands = ['brd_2', 'brd_3', 'brd_5', 'brd_6', 'brd_7', 'brd_8'];
    expect((await ask('blocked', { blocked_brands: brands })).reason).toBe('blocked_domain');
    const query = `bmedia=${[1, 2, 3, 4, 5, 6, 7].map(file).join()}`;
    const answer = await call(node.publicPort, `/api/v1/pod?pl=main&${query}`);
    expect(answer.json<object>()).toMatchObject({ ads: [], reason: 'not_cleared_for_destination' });
  });

  it('writes down what it read, so that each decision is made again the same', async () => {
    // Decisions reach the log after their answers: the last one asked for is there when all are.
    await ask('main', { request_id: 'last' });
    let records: DecisionRecord[] = [];
    await until(async () => {
      const answer = await call(node.internalPort, '/internal/log?limit=1000', {
        headers: { Authorization: `Bearer ${PLANE_KEY}` },
      });
      records = answer
        .json<LogPage>()
        .entries.flatMap(({ record }) => (record.type === 'decision' ? [DecisionRecord.parse(record)] : []));
      return records.some(({ request }) => request.requestId === 'last');
    });
    const snapshot = body();
    const index = buildIndex(snapshot);
    expect(records.length).toBeGreaterThan(10);
    for (const { request, readings, seed, at, ads, reason } of records) {
      const placement = snapshot.placements.find(({ id }) => id === request.placementId)!;
      const asked = toAdRequest(request, placementFacts(placement), Date.parse(at));
      const again = decide(index, asked, recordedReadings(readings), seed);
      expect(again.ads.map((ad) => ad.lineItem.id)).toEqual(ads.map((ad) => ad.lineItemId));
      expect(again.reason).toBe(reason);
    }
    const read = records.map(({ request }) => request);
    expect(read.some(({ streamKeys }) => streamKeys.length > 8)).toBe(true);
    expect(read.some(({ blockedBrands }) => blockedBrands?.includes('brd_1'))).toBe(true);
    expect(read.some(({ blockedMedia }) => blockedMedia?.includes(file(2)))).toBe(true);
  });
});
