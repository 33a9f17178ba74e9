import { callOperation, type ProblemError } from '@cuepoint/client';
import { type DecisionTimeline, getDecisionTimeline, TailRecord, TailStats } from '@cuepoint/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIngester, httpLogSource } from '#modules/events';
import { systemClock } from '../../kernel/clock.ts';
import { TEST_PLANE_KEY } from '../../testing/control-app.ts';
import { type ServedApp, startServedApp } from '../../testing/served-app.ts';
import { sellAt } from '../../testing/sold-campaigns.ts';
import { call, until } from '../delivery/testing/call.ts';

/** A real node writes, a real control plane reads along. */
let served: ServedApp;
let tag: string;
beforeAll(async () => {
  served = await startServedApp({}, { liveHeartbeatMs: 100 });
  await sellAt(served.app, 'Followed', [20]);
  const { output } = await served.app.tenants[0].caller.call('inventory.listPlacements', {});
  tag = `pl=${(output as { items: { key: string }[] }).items[0]!.key}`;
  await until(async () => (await served.vast(tag)).includes('<Impression'));
}, 60_000);
afterAll(() => served?.close());

const key = (tenant: 0 | 1) => served.app.tenants[tenant].keys.admin;

interface Tail {
  status: number;
  body: string;
  records: TailRecord[];
  stats: TailStats[];
  /** Id of the last event. */
  lastId: string;
  ended: Promise<void>;
  close(): Promise<void>;
}

async function listen(query = '', headers: Record<string, string> = {}, token = key(0)): Promise<Tail> {
  const abort = new AbortController();
  const answer = await fetch(`${served.app.origin}/api/v1/live/tail?${query}`, {
    headers: { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers },
    signal: abort.signal,
  });
  const tail: Tail = {
    status: answer.status,
    body: '',
    records: [],
    stats: [],
    lastId: '',
    ended: Promise.resolve(),
    close: async () => {
      abort.abort();
      await tail.ended;
    },
  };
  tail.ended = (async () => {
    const decoder = new TextDecoder();
    let read = 0;
    try {
      for await (const chunk of answer.body!) {
        tail.body += decoder.decode(chunk as Uint8Array, { stream: true });
        for (let end = tail.body.indexOf('\n\n', read); end >= 0; end = tail.body.indexOf('\n\n', read)) {
          take(tail, tail.body.slice(read, end));
          read = end + 2;
        }
      }
    } catch {
      // closed by the test
    }
  })();
  return tail;
}

function take(tail: Tail, text: string): void {
  const fields = Object.fromEntries(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  if (fields.id !== undefined) tail.lastId = fields.id;
  if (fields.event === 'record') tail.records.push(TailRecord.parse(JSON.parse(fields.data!)));
  if (fields.event === 'stats') tail.stats.push(TailStats.parse(JSON.parse(fields.data!)));
}

const following = (tail: Tail) =>
  expect.poll(() => tail.stats.at(-1)?.sources[0]?.state, { timeout: 15_000 }).toBe('following');

/** Asks for an ad and reports these events of it; answers the decision's id. */
async function play(query: string, ...events: string[]): Promise<string> {
  const text = await served.vast(`${tag}&${query}`);
  for (const name of events) {
    const pattern =
      name === 'impression'
        ? /<Impression id="cuepoint">([^<]+)/
        : new RegExp(`<Tracking event="${name}">([^<]+)`);
    const { pathname, search } = new URL(pattern.exec(text)![1]!.replaceAll('&amp;', '&'));
    expect((await call(served.node.publicPort, pathname + search)).status).toBe(200);
  }
  return /adServingId>|<AdServingId>([^<]+)/.exec(text)![1]!;
}

const timeline = (decisionId: string, token = key(0)) =>
  callOperation(
    getDecisionTimeline,
    { decisionId },
    {},
    { origin: served.app.origin, token },
  ) as Promise<DecisionTimeline>;

describe('the live tail', () => {
  it('is for callers who may read delivery, and refuses what it does not understand by its name', async () => {
    for (const [query, headers, token, code] of [
      ['', {}, '', 'auth.required'],
      ['', { Origin: 'https://evil.example' }, key(0), 'auth.origin_refused'],
      ['event=nothing', {}, key(0), 'input.invalid'],
      ['unknown=1', {}, key(0), 'input.invalid'],
      ['rate=0', {}, key(0), 'input.invalid'],
      ['after=anywhere', {}, key(0), 'input.invalid'],
    ] as const) {
      const refused = await listen(query, headers, token);
      await refused.ended;
      expect(JSON.parse(refused.body).code, query).toBe(code);
    }
    const { output } = await served.app.tenants[0].caller.call('accounts.createApiKey', {
      name: 'no delivery',
      role: 'admin',
      scopes: ['audit:read'],
    });
    const refused = await listen('', {}, (output as { secret: string }).secret);
    await refused.ended;
    expect(JSON.parse(refused.body).code).toBe('auth.forbidden');
  });

  it('shows what a player does, to its own account alone', async () => {
    const mine = await listen();
    const theirs = await listen('', {}, key(1));
    await following(mine);
    await following(theirs);
    const decisionId = await play('rid=followed', 'impression', 'start', 'start');
    await expect.poll(() => mine.records.length, { timeout: 10_000 }).toBe(4);
    expect(mine.records.map((one) => (one.kind === 'request' ? one.requestId : one.event)).sort()).toEqual(
      ['followed', 'impression', 'start', 'start'].sort(),
    );
    expect(mine.records.filter((one) => one.kind === 'event' && one.duplicate)).toHaveLength(1);
    expect(new Set(mine.records.map((one) => one.decisionId))).toEqual(new Set([decisionId]));
    const told = theirs.stats.length;
    await expect.poll(() => theirs.stats.length, { timeout: 10_000 }).toBeGreaterThan(told + 1);
    expect(theirs.records).toEqual([]);
    expect(theirs.stats.every(({ seen }) => seen === 0)).toBe(true);
    await Promise.all([mine.close(), theirs.close()]);
  });

  it('misses nothing of what came while nobody listened', async () => {
    const first = await listen('event=request');
    await following(first);
    await play('rid=seen', 'impression');
    await expect.poll(() => first.records.length, { timeout: 10_000 }).toBe(1);
    // Its position goes on with what it does not want, too.
    await expect.poll(() => first.stats.at(-1)!.seen, { timeout: 10_000 }).toBe(0);
    const { lastId } = first;
    await first.close();
    await expect.poll(() => served.app.plane.tail.size, { timeout: 10_000 }).toBe(0);
    for (let n = 0; n < 5; n++) await play(`rid=missed-${n}`, 'impression');
    const again = await listen('event=request', { 'Last-Event-ID': lastId });
    await expect.poll(() => again.records.length, { timeout: 10_000 }).toBe(5);
    await play('rid=after');
    await expect.poll(() => again.records.length, { timeout: 10_000 }).toBe(6);
    expect(again.records.map((one) => one.kind === 'request' && one.requestId)).toEqual([
      ...Array.from({ length: 5 }, (_, n) => `missed-${n}`),
      'after',
    ]);
    await again.close();
  });

  it('ends when the key is revoked', async () => {
    const { output } = await served.app.tenants[0].caller.call('accounts.createApiKey', {
      name: 'short',
      role: 'viewer',
    });
    const { secret, apiKey } = output as { secret: string; apiKey: { id: string } };
    const tail = await listen('', {}, secret);
    expect(tail.status).toBe(200);
    await served.app.tenants[0].caller.call('accounts.revokeApiKey', { apiKeyId: apiKey.id });
    await tail.ended;
    await expect.poll(() => served.app.plane.tail.size, { timeout: 10_000 }).toBe(0);
  });
});

describe('the timeline of a decision', () => {
  it('has every event with whether it is counted, before and after they are', async () => {
    const decisionId = await play('rid=of-one', 'impression', 'start', 'impression');
    const before = await timeline('of-one');
    expect(before).toMatchObject({ decisionId, isWhole: true, session: null });
    expect(before.decision).toMatchObject({ requestId: 'of-one', reason: null });
    expect(before.events.map(({ event, counted, duplicate }) => [event, counted, duplicate])).toEqual([
      ['impression', 'not_yet', false],
      ['start', 'not_yet', false],
      ['impression', 'no', true],
    ]);
    const source = httpLogSource({
      origin: `http://127.0.0.1:${served.node.internalPort}`,
      planeKey: TEST_PLANE_KEY,
    });
    await createIngester({ database: served.app.database, source, clock: systemClock }).ingestNow();
    const after = await timeline(decisionId);
    expect(after.events.map(({ counted }) => counted)).toEqual(['yes', 'yes', 'no']);
    expect(after.events[0]!.spendMicros).toBe(20_000);
  });

  it('has the whole session where the request named one, and tells sessions and accounts apart', async () => {
    const first = await play('sid=stream-one&rid=s1', 'impression');
    const second = await play('sid=stream-one&rid=s2', 'impression', 'start');
    await play('sid=stream-two&rid=s3', 'impression');
    const { session, events } = await timeline(first);
    expect(session!.decisions.map(({ decisionId }) => decisionId)).toEqual([first, second]);
    expect(session!.events.map(({ decisionId, event }) => [decisionId, event])).toEqual([
      [first, 'impression'],
      [second, 'impression'],
      [second, 'start'],
    ]);
    expect(events).toHaveLength(1);
    expect(session!.id).toMatch(/^[0-9a-f]{16}$/);
    expect(session!.id).not.toContain('stream');
    const foreign = await timeline(first, key(1)).catch((error: unknown) => error);
    expect((foreign as ProblemError).problem.code).toBe('decision.not_found');
  });

  it('keeps no session where privacy forbids a record of the viewer', async () => {
    const decisionId = await play('sid=stream-quiet&rid=quiet&country=US&lmt=1', 'impression');
    expect((await timeline(decisionId)).session).toBeNull();
  });

  it('is what was counted once the log is gone', async () => {
    const decisionId = await play('rid=of-gone', 'impression');
    const source = httpLogSource({
      origin: `http://127.0.0.1:${served.node.internalPort}`,
      planeKey: TEST_PLANE_KEY,
    });
    await createIngester({ database: served.app.database, source, clock: systemClock }).ingestNow();
    await served.node.close();
    const left = await timeline(decisionId);
    expect(left).toMatchObject({ decision: null, isWhole: false, session: null });
    expect(left.events).toMatchObject([{ event: 'impression', counted: 'yes', source: null }]);
  });

  it('reported no fault', () => expect(served.app.faults).toEqual([]));
});
