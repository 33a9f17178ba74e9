import type { Explanation } from '@cuepoint/contract';
import { buildIndex, decide, KnownReadings } from '@cuepoint/decisioning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placementFacts, toAdRequest } from '../../kernel/ad-request.ts';
import type { DecisionRecord, SnapshotBody } from '../../kernel/delivery-protocol.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { plainRequest } from '../../testing/plain-request.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import { assembleBody } from './domain/assemble-body.ts';
import { creative, lineItem, placement, signingKey } from './fixture.ts';
import { KnownSnapshots } from './known-snapshots.ts';
import { decisionIdOf, explainOperations } from './operations/explain.ts';
import { type DeliveryNode, DeliveryUnavailableError } from './ports.ts';

const HASH = 'ab'.repeat(32);
const AT = '2026-11-21T09:00:00.000Z';
const SERVES = 'li_serves00000000000000';
const ABROAD = 'li_abroad00000000000000';

let app: TestApp;
let close: () => Promise<void>;
let body: SnapshotBody;
let isAway = false;
let readingsAway = false;
const log = new Map<string, DecisionRecord>();

/** A logged decision as a node writes it: made by the engine from this snapshot. */
function logged(
  id: string,
  facts: Record<string, string>,
  more: Partial<DecisionRecord> = {},
): DecisionRecord {
  const [place] = body.placements;
  const request = plainRequest(app.accounts[0], place!.id, { requestId: `request of ${id}`, facts });
  const index = buildIndex(body);
  const decision = decide(
    index,
    toAdRequest(request, placementFacts(place!), Date.parse(AT)),
    new KnownReadings(new Map()),
    7,
  );
  const record: DecisionRecord = {
    type: 'decision',
    decisionId: id,
    at: AT,
    snapshotHash: HASH,
    seed: 7,
    request,
    readings: decision.examined.map((one) => [one.item.id, -2, one.passRate, -2, 0]),
    readingsTruncated: false,
    ads: decision.ads.map((ad) => ({
      campaignId: ad.lineItem.campaignId,
      lineItemId: ad.lineItem.id,
      flightId: ad.flight.id,
      creativeId: ad.creative.id,
      position: ad.position,
      priceMicros: ad.priceMicros,
      currency: ad.lineItem.currency,
    })),
    backups: [],
    reason: decision.reason,
    ...more,
  };
  log.set(id, record);
  return record;
}

beforeAll(async () => {
  const database = await openEmbeddedTestDatabase();
  const node: DeliveryNode = {
    async decision(accountId, id) {
      if (isAway) throw new DeliveryUnavailableError('away');
      const record = log.get(id) ?? [...log.values()].find(({ request }) => request.requestId === id);
      return record?.request.accountId === accountId ? record : null;
    },
    decisions: async (accountId) =>
      [...log.values()].filter((record) => record.request.accountId === accountId),
    async readings() {
      if (readingsAway) throw new DeliveryUnavailableError('away');
      return {
        snapshotHash: HASH,
        readings: body.lineItems.map((item): [string, number, number, number, number] =>
          item.id === SERVES ? [item.id, 41, 0.5, -2, 0] : [item.id, -2, 1, -2, 0],
        ),
      };
    },
    lineItem: async () => ({ spentMicros: 5, reservedMicros: 6, availableMicros: 7, passRate: 0.5 }),
  };
  const pace = {
    lineItemName: 'Serves',
    currency: 'USD',
    pacing: 'even' as const,
    spentMicros: 1,
    expectedMicros: 4,
    impressions: 2,
    curve: [],
  };
  app = await createTestApp(database, ({ clock }) =>
    explainOperations({
      node,
      snapshots: new KnownSnapshots({
        keep: async () => undefined,
        load: async (hash) => (hash === HASH ? body : null),
        prune: async () => [],
      }),
      now: () => clock.now(),
      randomSeed: () => 7,
      lineItemPace: async (_tx, id) => (id === SERVES ? pace : null),
    }),
  );
  close = () => database.close();
  const [accountId] = app.accounts;
  const own = { accountId, campaignId: 'cmp_one00000' };
  const assembled = assembleBody({
    keys: [signingKey],
    publishers: [{ accountId, publisherKey: 'pub-one' }],
    placements: [placement({ accountId, isDefault: true })],
    lineItems: [
      lineItem({ ...own, id: SERVES, name: 'Serves', targeting: { all: [] } }),
      lineItem({
        ...own,
        id: ABROAD,
        name: 'Abroad',
        cpmMicros: 90_000_000,
        targeting: { all: [{ dimension: 'country', operator: 'any_of', values: ['DE'] }] },
      }),
    ],
    creatives: [creative(own)],
  });
  expect(assembled.problems).toEqual([]);
  body = assembled.body;
});
afterAll(() => close());

const why = (input: Record<string, unknown>, account: 0 | 1 = 0) =>
  app.call('delivery.explainDecision', input, { account }) as Promise<Explanation>;
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  );

describe('why', () => {
  it('replays a logged decision exactly, counts its funnel, and finds the smallest edit, verified', async () => {
    logged('dec_1', { country: 'FR' });
    const view = await why({ decisionId: 'dec_1', lineItemId: ABROAD });
    expect(view.replay.state).toBe('exact');
    expect(view.pod.ads.map((ad) => ad.lineItemName)).toEqual(['Serves']);
    expect(view.funnel[0]).toMatchObject({ step: 'candidates', count: 2 });
    expect(view.excluded).toMatchObject([
      {
        lineItemId: ABROAD,
        step: 'targeting',
        reason: 'geo',
        reasons: [{ required: 'country in {DE}', actual: 'country FR' }],
      },
    ]);
    expect(view.focus).toMatchObject({
      served: false,
      editsVerified: true,
      noEdit: null,
      edits: [
        {
          field: 'targeting',
          operation: {
            id: 'campaigns.updateLineItem',
            input: { lineItemId: ABROAD, targeting: { all: [{ values: ['DE', 'FR'] }] } },
          },
        },
      ],
    });
    // By the id that the caller gave its request, too.
    const byRequest = await why({ decisionId: 'request of dec_1' });
    expect([byRequest.decisionId, byRequest.requestId]).toEqual(['dec_1', 'request of dec_1']);
  });

  it('decides again with changed facts, and takes a tracking address for the id', async () => {
    logged('dec_2', { country: 'FR' });
    const view = await why({ decisionId: 'dec_2', facts: { country: 'DE' } });
    expect(view.replay.state).toBe('preview');
    expect(view.pod.ads[0]?.lineItemId).toBe(ABROAD);
    expect(decisionIdOf('https://ads.example/t/k1.acc_1.dec_2.1.crv.li.x.0.tag?code=1')).toBe('dec_2');
  });

  it('says which counters it did not read of a line item, and how they stand now', async () => {
    logged('dec_6', { country: 'DE' });
    // The dear one won, and the other was not asked for its money.
    const behind = await why({ decisionId: 'dec_6', lineItemId: SERVES });
    expect(behind.excluded).toMatchObject([{ lineItemId: SERVES, unread: ['budget', 'pacing'] }]);
    expect(behind.focus).toMatchObject({
      editsVerified: true,
      unread: ['budget', 'pacing'],
      countersNow: {
        at: app.clock.now().toISOString(),
        impressionsLeft: 41,
        passRate: 0.5,
        exposuresLeft: null,
      },
    });
    // A node that is silent about now takes nothing from what was then.
    readingsAway = true;
    expect((await why({ decisionId: 'dec_6', lineItemId: SERVES })).focus?.countersNow).toBeNull();
    readingsAway = false;
  });

  it('says nothing is unread of what was read, up to the counter that refused', async () => {
    const reading = (...rest: [number, number]): DecisionRecord['readings'] => [
      [SERVES, rest[0], rest[1], -2, 0],
    ];
    const empty = { ads: [], reason: 'no_budget' };
    logged('dec_7', { country: 'FR' }, { ...empty, readings: reading(0, 1) });
    const broke = await why({ decisionId: 'dec_7', lineItemId: SERVES });
    expect(broke.focus).toMatchObject({ reasons: [{ reason: 'no_budget' }], unread: ['pacing'] });
    logged('dec_8', { country: 'FR' }, { ...empty, reason: 'pacing_ahead', readings: reading(-2, 0) });
    const ahead = await why({ decisionId: 'dec_8', lineItemId: SERVES });
    expect(ahead.focus).toMatchObject({
      reasons: [{ reason: 'pacing_ahead' }],
      unread: [],
      countersNow: null,
    });
  });

  it('says when a decision cannot be replayed, or comes out differently', async () => {
    logged('dec_3', { country: 'FR' }, { readings: [], readingsTruncated: true });
    expect((await why({ decisionId: 'dec_3' })).replay.state).toBe('not_replayable');
  });

  it.each([
    ['another line item', { lineItemId: ABROAD }],
    ['another creative', { creativeId: 'crv_two00000' }],
    ['another flight', { flightId: 'flt_two00000' }],
    ['another place', { position: 2 }],
    ['another price', { priceMicros: 1 }],
  ])('finds that a decision with %s comes out differently', async (what, change) => {
    const id = `dec_${what.split(' ')[1]}`;
    const { ads } = logged(id, { country: 'FR' });
    expect((await why({ decisionId: id })).replay.state).toBe('exact');
    logged(id, { country: 'FR' }, { ads: [{ ...ads[0]!, ...change }] });
    const { replay } = await why({ decisionId: id });
    expect(replay.state).toBe('different');
    expect(replay.detail).toContain(String(Object.values(change)[0]));
  });

  it('finds that a decision without its ad, with a back-up or for another reason comes out differently', async () => {
    const { ads } = logged('dec_4', { country: 'FR' });
    const state = async (facts: Record<string, string>, more: Partial<DecisionRecord>) => {
      logged('dec_4', facts, more);
      return (await why({ decisionId: 'dec_4' })).replay;
    };
    expect((await state({ country: 'FR' }, { ads: [] })).state).toBe('different');
    expect(await state({ country: 'FR' }, { backups: [{ ...ads[0]!, position: 2 }] })).toMatchObject({
      state: 'different',
      detail: expect.stringContaining('back-ups'),
    });
    // Nothing is left of it: empty then and now, and for the reason that was logged.
    const broke: DecisionRecord['readings'] = [[SERVES, 0, 1, -2, 0]];
    const empty = { ads: [], readings: broke };
    expect((await state({ country: 'FR' }, { ...empty, reason: 'no_budget' })).state).toBe('exact');
    expect(await state({ country: 'FR' }, { ...empty, reason: 'geo' })).toMatchObject({
      state: 'different',
      detail: expect.stringContaining('reason geo, now no_budget'),
    });
  });

  it('refuses what it does not have, and says what that is', async () => {
    logged('dec_5', { country: 'FR' }, { snapshotHash: 'cd'.repeat(32) });
    expect(await refusal(why({ decisionId: 'dec_none' }))).toBe('decision.not_found');
    expect(await refusal(why({ decisionId: 'dec_5' }))).toBe('snapshot.not_kept');
    expect(await refusal(why({ decisionId: 'dec_1', lineItemId: 'li_00000000000000000000' }))).toBe(
      'line_item.not_found',
    );
    expect(await refusal(why({ decisionId: 'dec_1', facts: { planet: 'mars' } }))).toBe('input.invalid');
    // Another account's decision does not exist.
    expect(await refusal(why({ decisionId: 'dec_1' }, 1))).toBe('decision.not_found');
    isAway = true;
    expect(await refusal(why({ decisionId: 'dec_1' }))).toBe('delivery.unavailable');
    isAway = false;
  });
});

describe('preview, list and delivery', () => {
  it('decides a made-up break with the counters of the moment', async () => {
    const view = (await app.call('delivery.previewDecision', {
      facts: { country: 'DE' },
      maxAds: 3,
    })) as Explanation;
    expect(view.decisionId).toBeNull();
    expect(view.request).toMatchObject({ isPod: true, maxAds: 3, facts: { country: ['DE'] } });
    // One spot for both line items: it stands once in a break.
    expect(view.pod.ads.map((ad) => ad.lineItemId)).toEqual([ABROAD]);
    expect(view.excluded[0]?.reason).toBe('creative_dedupe');
    expect(await refusal(app.call('delivery.previewDecision', { placement: 'nowhere' }))).toBe(
      'placement.not_found',
    );
  });

  it('lists decisions of the account alone', async () => {
    const mine = (await app.call('delivery.listDecisions', {})) as { decisions: { decisionId: string }[] };
    expect(mine.decisions.length).toBeGreaterThan(2);
    expect(await app.call('delivery.listDecisions', {}, { account: 1 })).toEqual({ decisions: [] });
  });

  it('puts the node’s state beside the plan', async () => {
    expect(await app.call('delivery.getDelivery', { lineItemId: SERVES })).toMatchObject({
      spentMicros: 5,
      expectedMicros: 4,
      reservedMicros: 6,
      availableMicros: 7,
      passRate: 0.5,
      impressions: 2,
      inSnapshot: true,
    });
    expect(await refusal(app.call('delivery.getDelivery', { lineItemId: 'li_00000000000000000000' }))).toBe(
      'line_item.not_found',
    );
  });
});
