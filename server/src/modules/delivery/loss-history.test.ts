import { join } from 'node:path';
import { callOperation, type ProblemError } from '@cuepoint/client';
import { getLossHistory, type LossHistory } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIngester, httpLogSource } from '#modules/events';
import { systemClock } from '../../kernel/clock.ts';
import { call, until } from '../../skins/delivery/testing/call.ts';
import { TEST_PLANE_KEY } from '../../testing/control-app.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { type Sold, sellAt } from '../../testing/sold-campaigns.ts';
import { createExplainHours, fileSnapshotArchive, httpDeliveryNode, KnownSnapshots } from './index.ts';

const DAY_MS = 86_400_000;
let served: ServedApp;
let sold: Sold[];
let placement: { id: string; key: string };
const REQUESTS = 12;
const EMPTY = 3;

beforeAll(async () => {
  served = await startServedApp();
  sold = await sellAt(served.app, 'Lost', [20, 30]);
  const { output } = await served.app.tenants[0].caller.call('inventory.listPlacements', {});
  placement = (output as { items: (typeof placement)[] }).items[0]!;
  const tag = `pl=${placement.key}`;
  // Both are in the snapshot once the dearer one wins.
  await until(async () => (await served.vast(tag)).includes(sold[1]!.lineItem.id), 30_000);
  for (let n = 0; n < REQUESTS; n++) await served.vast(`${tag}&rid=known-${n}`);
  // Nothing is as short as that.
  for (let n = 0; n < EMPTY; n++) await served.vast(`${tag}&dur=1&mindur=1&rid=empty-${n}`);
  const source = httpLogSource({ origin: origin(), planeKey: TEST_PLANE_KEY });
  const ingester = createIngester({ database: served.app.database, source, clock: systemClock });
  // An ad does not wait for its record: the last of them may be on disk a moment after its answer.
  await until(async () => {
    await ingester.ingestNow();
    return (await history({ days: 2 })).reasons.some(
      ({ reason, count }) => reason === 'duration_fit' && count === EMPTY,
    );
  }, 10_000);
}, 90_000);
afterAll(() => served?.close());

const origin = () => `http://127.0.0.1:${served.node.internalPort}`;
const history = (input: object, token = served.app.tenants[0].keys.admin) =>
  callOperation(
    getLossHistory,
    { ...input },
    {},
    { origin: served.app.origin, token },
  ) as Promise<LossHistory>;
const refusal = (input: object, token?: string) =>
  history(input, token).then(
    () => 'answered',
    (error: unknown) => (error as ProblemError).problem.code,
  );
/** As the work plane does, an hour and a half from now. */
const explain = (more: object = {}, later = 1.5 * 3_600_000) =>
  createExplainHours({
    database: served.app.database,
    nodes: [httpDeliveryNode({ origin: origin(), planeKey: TEST_PLANE_KEY })],
    snapshots: new KnownSnapshots(fileSnapshotArchive(join(served.app.dataDir, 'snapshots'), 45 * DAY_MS)),
    now: () => new Date(Date.now() + later),
    retentionMs: 45 * DAY_MS,
    ...more,
  });
const rows = async () => ({
  hours: (await served.app.database.ownerQuery('SELECT requests::int, explained::int FROM explained_hour'))
    .rows,
  losses: (
    await served.app.database.ownerQuery(
      'SELECT line_item_id, reason, count::int FROM line_item_loss_hour ORDER BY 1, 2',
    )
  ).rows,
});

describe('lost requests', () => {
  it('of the account and a placement are counted, every one of them', async () => {
    for (const input of [{ days: 2 }, { days: 2, placementId: placement.id }]) {
      const answer = await history(input);
      expect(answer).toMatchObject({ basis: 'counted', timeZone: 'UTC', known: answer.requests });
      expect(answer.days).toHaveLength(2);
      expect(answer.reasons).toContainEqual({ reason: 'duration_fit', count: EMPTY });
      const counted = answer.days.reduce((sum, day) => sum + day.served, 0);
      expect(counted).toBeGreaterThanOrEqual(REQUESTS);
      expect(answer.detail).toBe(`All ${answer.requests} requests are counted.`);
    }
  });

  it('have markers of what was changed, for those who may read the audit trail', async () => {
    const { changes, changesTotal } = await history({ days: 2, lineItemId: sold[0]!.lineItem.id });
    expect(changesTotal).toBe(changes!.length);
    expect(changes!.map(({ entityKind }) => entityKind)).toContain('campaign');
    const activation = changes!.find(({ operation }) => operation === 'campaigns.setCampaignStatus');
    expect(activation).toMatchObject({ change: 'updated', fields: expect.arrayContaining(['status']) });
    // Only of this line item's own campaign, not of the other one.
    const other = sold[1]!.lineItem.campaignId;
    expect(changes!.map(({ entityId }) => entityId)).not.toContain(other);
    const everything = await history({ days: 2 });
    expect(everything.changes!.map(({ entityId }) => entityId)).toContain(other);
    const { output } = await served.app.tenants[0].caller.call('accounts.createApiKey', {
      name: 'v',
      role: 'viewer',
    });
    const viewer = await history({ days: 2 }, (output as { secret: string }).secret);
    expect([viewer.changes, viewer.changesTotal]).toEqual([null, null]);
  });

  it('are refused by name where they cannot be asked for, and never of another account', async () => {
    const [{ lineItem }] = sold as [Sold];
    expect(await refusal({ lineItemId: lineItem.id, placementId: placement.id })).toBe('input.invalid');
    expect(await refusal({ timeZone: 'Mars/Olympus' })).toBe('input.invalid');
    expect(await refusal({ days: 46 })).toBe('input.invalid');
    const theirs = served.app.tenants[1].keys.admin;
    expect(await refusal({ lineItemId: lineItem.id }, theirs)).toBe('line_item.not_found');
    expect(await refusal({ placementId: placement.id }, theirs)).toBe('placement.not_found');
    expect((await history({}, theirs)).requests).toBe(0);
  });
});

describe('lost requests of a line item', () => {
  it('are not known before their hour was explained, and say so', async () => {
    const answer = await history({ days: 2, lineItemId: sold[0]!.lineItem.id });
    expect(answer).toMatchObject({ basis: 'explained', known: 0, reasons: [] });
    expect(answer.requests).toBeGreaterThanOrEqual(REQUESTS + EMPTY);
    expect(answer.detail).toMatch(/^Explained 0 of \d+ requests/);
  });

  it('are the first reasons of the explained sample, for the one that lost and the one that won', async () => {
    expect(await explain().run()).toBeGreaterThan(0);
    const [cheap, dear] = await Promise.all(
      sold.map(({ lineItem }) => history({ days: 2, lineItemId: lineItem.id })),
    );
    expect(cheap!.known).toBe(cheap!.requests);
    const reasonsOf = (answer: LossHistory) =>
      Object.fromEntries(answer.reasons.map((one) => [one.reason, one.count]));
    const servedBy = (answer: LossHistory) => answer.days.reduce((sum, day) => sum + day.served, 0);
    expect(reasonsOf(cheap!)).toMatchObject({ duration_fit: EMPTY });
    expect(servedBy(dear!)).toBeGreaterThanOrEqual(REQUESTS);
    expect(reasonsOf(cheap!).lost_rank ?? reasonsOf(cheap!).lower_priority).toBeGreaterThanOrEqual(REQUESTS);
    // Each of them was a candidate each time: what is lost and what is served add up.
    for (const answer of [cheap!, dear!])
      expect(
        servedBy(answer) + answer.reasons.reduce((sum, { count }) => sum + count, 0),
      ).toBeLessThanOrEqual(answer.known);
  });

  it('are explained once, replaced as a whole, and kept as they were when the node is away', async () => {
    const before = await rows();
    expect(await explain().run()).toBe(0);
    await served.app.database.ownerQuery('UPDATE explained_hour SET requests = requests + 1');
    await served.app.database.ownerQuery('UPDATE line_item_loss_hour SET count = count * 7');
    const away = httpDeliveryNode({ origin: 'http://127.0.0.1:9', planeKey: TEST_PLANE_KEY });
    expect(await explain({ nodes: [away] }).run()).toBe(0);
    const [one, other] = [explain(), explain()];
    await Promise.all([one.run(), one.run(), other.run()]);
    expect(await rows()).toEqual(before);
  });

  it('are a bounded sample, the same each time', async () => {
    const sample = async () => {
      await served.app.database.ownerQuery('UPDATE explained_hour SET requests = requests + 1');
      await explain({ perHour: 5 }).run();
      return rows();
    };
    const first = await sample();
    expect(first.hours.every(({ explained }) => Number(explained) <= 5)).toBe(true);
    expect(await sample()).toEqual(first);
    const answer = await history({ days: 2, lineItemId: sold[1]!.lineItem.id });
    expect(answer.known).toBeLessThan(answer.requests);
    expect(answer.detail).toContain(`Explained ${answer.known} of ${answer.requests}`);
  });

  it('are forgotten when the snapshots they were explained from are', async () => {
    await explain({}, 46 * DAY_MS).run();
    expect(await rows()).toEqual({ hours: [], losses: [] });
  });

  it('reads no more than the log of its hour, on the internal port alone', async () => {
    const path = `/internal/decision-sample?account=${served.app.tenants[0].accountId}&from=0&to=1&limit=3`;
    expect((await call(served.node.internalPort, path)).status).toBe(401);
    const answer = await call(served.node.internalPort, path, {
      headers: { Authorization: `Bearer ${TEST_PLANE_KEY}` },
    });
    expect(answer.json()).toEqual({ nodeId: 'node-1', decisions: [], read: 0, isWhole: true });
  });

  it('reported no fault', () => expect(served.app.faults).toEqual([]));
});
