import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecisionRecord, LogPage, NodeErasure, PLANE_PATHS } from '../../kernel/delivery-protocol.ts';
import { Erasures } from './erasures.ts';
import { type Answer, call, until } from './testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from './testing/fake-control.ts';
import { newEngine, openLog, sealed } from './testing/open-engine.ts';
import { sampleLineItem, sampleRequest, sampleSnapshot } from './testing/sample-snapshot.ts';
import { startNode } from './testing/start-node.ts';
import { takeSnapshot } from './testing/take-snapshot.ts';
import { hashOfId, IdentityKeys } from './viewer/index.ts';
import { identityText } from './viewer-claim.ts';

/* Forgetting a viewer, at a node as it runs: over HTTP, with a log on the disk, across a restart. */

const keys = new IdentityKeys(`viewers ${PLANE_KEY}`);
const hash = (kind: 'ifa' | 'supplied' | 'session', id: string, account = 'acc_1') => {
  const { hi, lo } = hashOfId(kind, account, id, keys)!;
  return identityText([hi, lo]);
};
const HERS = '8a5b4f0e-1c2d-4e3f-9a6b-7c8d9e0f1a2b';
const OTHERS = '11111111-2222-4333-8444-555555555555';

const authorised = { Authorization: `Bearer ${PLANE_KEY}` };
const body = sampleSnapshot({
  lineItems: [
    sampleLineItem({
      id: 'li_capped',
      frequencyCaps: [{ scope: 'line_item', limit: 1, unit: 'day', count: 1 }],
    }),
  ],
});

let control: FakeControl;
let node: Awaited<ReturnType<typeof startNode>>;
const start = async (dataDir?: string) => {
  node = await startNode({ controlOrigin: control.origin, ...(dataDir ? { dataDir } : {}) });
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
};
beforeAll(async () => {
  control = await startFakeControl();
  control.publish(body);
  await start();
});
afterAll(async () => {
  await node.close();
  await control.close();
});

let number = 0;
const ask = async (ifa: string, sid = 'evening') => {
  const rid = `erasure-${++number}`;
  const answer = await call(
    node.publicPort,
    `/vast?pl=main&country=US&rid=${rid}&ifa=${ifa}&sid=${sid}&seg=hers`,
  );
  expect(answer.status).toBe(200);
  const impression = /<Impression[^>]*>(?:<!\[CDATA\[)?http:\/\/ads\.example([^<\]]+)/.exec(answer.body)?.[1];
  return { rid, impression: impression ?? null };
};
const report = async (path: string) => {
  expect(path).toMatch(/^\/t\//);
  expect((await call(node.publicPort, path)).status).toBe(200);
};
const order = (
  over: { identity: string; accountId?: string; erasedAt?: string; isPreview?: boolean },
  headers: Record<string, string> = authorised,
): Promise<Answer> =>
  call(node.internalPort, PLANE_PATHS.erasures, {
    method: 'POST',
    headers,
    body: JSON.stringify({ accountId: 'acc_1', erasedAt: new Date(Date.now() + 1).toISOString(), ...over }),
  });
const logged = async (): Promise<LogPage> =>
  LogPage.parse(
    (await call(node.internalPort, `${PLANE_PATHS.log}?limit=10000`, { headers: authorised })).json(),
  );
const decisionOf = async (rid: string): Promise<DecisionRecord> => {
  const path = `${PLANE_PATHS.decision}?account=acc_1&id=${rid}`;
  return (await call(node.internalPort, path, { headers: authorised })).json();
};

describe('a viewer who is erased', () => {
  it('is forgotten by frequency caps, and nobody else is', async () => {
    for (const ifa of [HERS, OTHERS]) {
      const { impression } = await ask(ifa);
      await report(impression!);
      expect((await ask(ifa)).impression).toBeNull();
    }
    const preview = NodeErasure.parse((await order({ identity: hash('ifa', HERS), isPreview: true })).json());
    expect(preview).toMatchObject({ nodeId: 'node-1', exposures: 1, sessions: 0 });
    expect((await ask(HERS)).impression).toBeNull();
    // Of another account, and of another kind, it is another hash.
    for (const identity of [hash('ifa', HERS, 'acc_2'), hash('supplied', HERS)])
      expect((await order({ identity })).json()).toMatchObject({ exposures: 0 });
    expect((await ask(HERS)).impression).toBeNull();

    expect((await order({ identity: hash('ifa', HERS) })).json()).toMatchObject({ exposures: 1 });
    expect((await ask(OTHERS)).impression).toBeNull();
    expect((await ask(HERS)).impression).not.toBeNull();
  });

  it('is in no record that the node gives away but the sketched identities of events', async () => {
    const { rid } = await ask(HERS);
    const identity = hash('ifa', HERS);
    const session = hash('session', 'evening');
    await until(async () =>
      (await logged()).entries.some(({ record }) => JSON.stringify(record).includes(rid)),
    );
    const { decisionId } = await decisionOf(rid);
    expect((await decisionOf(rid)).request).toMatchObject({ identity, session });
    await order({ identity });
    const { entries } = await logged();
    const hers = entries.filter(({ record }) => JSON.stringify(record).includes(identity));
    expect(hers.map(({ record }) => record.type === 'event' && record.event)).toEqual(['impression']);
    const decisions = entries.filter(({ record }) => record.type === 'decision');
    expect(decisions.some(({ record }) => JSON.stringify(record).includes(hash('ifa', OTHERS)))).toBe(true);

    const found = await decisionOf(decisionId);
    expect(found.request).toMatchObject({ identity: null, identityKind: 'none', requestId: '' });
    expect(found.request).not.toHaveProperty('session');
    expect(found.request.facts).not.toHaveProperty('segment');
    expect(found).toMatchObject({ readings: [], readingsTruncated: true });
    for (const path of [
      `${PLANE_PATHS.timeline}?account=acc_1&id=${decisionId}`,
      `${PLANE_PATHS.decisions}?account=acc_1`,
      `${PLANE_PATHS.sample}?account=acc_1&from=0&to=${Date.now() + 1000}`,
    ]) {
      const answer = await call(node.internalPort, path, { headers: authorised });
      expect(answer.status, path).toBe(200);
      expect(answer.body, path).toContain(decisionId);
      expect(answer.body.includes(`"identity":"${identity}"`), path).toBe(false);
      expect(answer.body.includes(rid), path).toBe(false);
    }
  });

  it('stays forgotten when the node restarts and reads its log again', async () => {
    const before = await ask(HERS);
    await report(before.impression ?? (await fresh()).impression!);
    expect((await ask(HERS)).impression).toBeNull();
    await order({ identity: hash('ifa', HERS) });
    await node.close();
    await start(node.options.dataDir);
    expect((await ask(OTHERS)).impression).toBeNull();
    expect((await ask(HERS)).impression).not.toBeNull();
  });

  it('is not remembered by an impression that comes late', async () => {
    const { impression } = await fresh();
    await order({ identity: hash('ifa', HERS), erasedAt: new Date(Date.now() + 1000).toISOString() });
    const { entries } = await logged();
    await report(impression!);
    const added = (await logged()).entries.slice(entries.length);
    const events = added.filter(({ record }) => record.type === 'event');
    expect(events.map(({ record }) => record)).toMatchObject([
      { type: 'event', event: 'impression', duplicate: false, identity: null, identityKind: 'none' },
    ]);
  });

  it('may be a viewing session, of which the node forgets what it has shown', async () => {
    await ask(OTHERS, 'a-session-of-its-own');
    await ask(HERS, 'a-session-of-its-own');
    const identity = hash('session', 'a-session-of-its-own');
    const isShown = (await order({ identity, isPreview: true })).json<NodeErasure>().sessions;
    const done = (await order({ identity })).json<NodeErasure>().sessions;
    expect([isShown, done]).toEqual([1, 1]);
    expect((await order({ identity, isPreview: true })).json()).toMatchObject({ sessions: 0 });
    expect(JSON.stringify((await logged()).entries)).not.toContain(`"session":"${identity}"`);
  });

  it('is forgotten for who has the plane key and says whom, and for nobody else', async () => {
    const identity = hash('ifa', OTHERS);
    expect((await order({ identity }, {})).status).toBe(401);
    expect((await order({ identity: OTHERS })).json()).toMatchObject({ code: 'input.invalid' });
    const read = await call(node.internalPort, PLANE_PATHS.erasures, { headers: authorised });
    expect(read.json()).toMatchObject({ code: 'input.invalid' });
    const outside = await call(node.publicPort, PLANE_PATHS.erasures, {
      method: 'POST',
      headers: authorised,
    });
    expect(outside.status).toBe(404);
  });

  async function fresh() {
    await order({ identity: hash('ifa', HERS) });
    // What is decided in the second of the erasure still counts as before it.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    return ask(HERS);
  }
});

describe('the list of who was erased', () => {
  it('is let go of when no record can be older, and never loses what it was told', async () => {
    const { dir, remove } = await openLog();
    const path = join(dir, 'erasures.json');
    const erasures = await Erasures.open(path);
    const one = (identity: string, erasedAt: string) => ({
      accountId: 'acc_1',
      identity,
      erasedAt,
      isPreview: false,
    });
    const [first, second] = ['a'.repeat(16), 'b'.repeat(16)];
    await Promise.all([
      erasures.add(one(first, '2026-11-01T00:00:00.000Z')),
      erasures.add(one(second, '2026-11-03T00:00:00.000Z')),
      erasures.add(one(second, '2026-11-02T00:00:00.000Z')),
    ]);
    const again = await Erasures.open(path);
    expect(again.size).toBe(2);
    const covers = (identity: string, at: string) =>
      again.covers(
        'acc_1',
        [Number.parseInt(identity.slice(0, 8), 16), Number.parseInt(identity.slice(8), 16)],
        Date.parse(at),
      );
    expect(covers(second, '2026-11-02T12:00:00Z')).toBe(true);
    expect(covers(second, '2026-11-03T00:00:00Z')).toBe(false);
    expect(await again.forgetBefore(Date.parse('2026-11-02T00:00:00Z'))).toBe(1);
    expect((await Erasures.open(path)).size).toBe(1);
    await remove();
  });
});

describe('the age of a log', () => {
  it('ends what is counted, however little it is, and nothing that is not', async () => {
    let nowMs = Date.parse('2026-11-01T00:00:00Z');
    const day = 86_400_000;
    const { log, remove } = await openLog({ nowMs: () => nowMs });
    const engine = newEngine(log, { nowMs: () => nowMs });
    await takeSnapshot(engine, sealed(body));
    const decide = async () => {
      engine.decide(sampleRequest({}), nowMs, null);
      const before = log.batches;
      await until(() => log.batches > before);
    };
    expect(await log.sealBegunBefore(nowMs + 1)).toBe(false);
    await decide();
    nowMs += day;
    expect(await log.sealBegunBefore(nowMs - day)).toBe(false);
    expect(await log.sealBegunBefore(nowMs - day + 1)).toBe(true);
    expect(log.durableThrough.segment).toBe(2);
    await decide();
    const [never, all] = [{ segment: 1, offset: 0 }, log.durableThrough];
    // Written until the second segment was begun.
    expect(await log.prune(all, 1e9, nowMs)).toEqual([]);
    expect(await log.prune(never, 1e9, nowMs + 1)).toEqual([]);
    expect(await log.prune(all, 1e9, nowMs + 1)).toEqual([1]);
    expect(await log.begunAt(log.firstSegment)).toBe(nowMs);
    await decide();
    await remove();
  });
});
