import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createIngester, httpLogSource } from '#modules/events';
import { toProblem } from '../../kernel/app-error.ts';
import { traced, tracer } from '../../kernel/tracing.ts';
import { call, until } from '../../skins/delivery/testing/call.ts';
import { type FakeControl, PLANE_KEY, startFakeControl } from '../../skins/delivery/testing/fake-control.ts';
import { sampleSnapshot } from '../../skins/delivery/testing/sample-snapshot.ts';
import { startNode } from '../../skins/delivery/testing/start-node.ts';
import { openEmbeddedTestDatabase } from '../../testing/index.ts';
import { createTestApp, type TestApp } from '../../testing/test-app.ts';
import type { Database } from '../database/index.ts';
import { decisionTrace, isChosen } from './decision-trace.ts';
import { startTracing } from './index.ts';

/* A collector that is a plain HTTP server, and the product traced into it. */

interface SeenSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: Array<{ key: string; value: Record<string, unknown> }>;
  links?: Array<{ traceId: string; spanId: string }>;
  status: { code?: number };
}

/** Libraries that tracing alone needs; prom-client has the interface of OpenTelemetry for itself. */
const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) =>
    /node_modules\/@opentelemetry\/(?!api\/)/.test(path),
  );
const loadedBefore = loaded();

const CANARY = 'canary-4f1d';
const IFA = '8a5b4f0e-1c2d-4e3f-9a6b-7c8d9e0f1a2b';

let sink: Server;
let endpoint: string;
let bodies: string[] = [];
let paths: string[] = [];
let stop: () => Promise<void> = async () => undefined;
let control: FakeControl;
let node: Awaited<ReturnType<typeof startNode>>;
let database: Database;
let app: TestApp;

beforeAll(async () => {
  sink = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      paths.push(request.url ?? '');
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  database = await openEmbeddedTestDatabase();
  app = await createTestApp(database, () => []);
  await database.ownerQuery("INSERT INTO account (id, name) VALUES ('acc_1', 'of the snapshot')");
  control = await startFakeControl();
  control.publish(sampleSnapshot());
}, 60_000);
afterEach(async () => {
  await stop();
  stop = async () => undefined;
  bodies = [];
  paths = [];
});
afterAll(async () => {
  await node?.close();
  await control.close();
  await database.close();
  sink.close();
});

const begin = async (over: Partial<Parameters<typeof startTracing>[0]> = {}) => {
  stop = await startTracing({
    endpoint,
    service: 'cuepoint-test',
    version: '1.2.3',
    adSampleRate: 1,
    onProblem: () => undefined,
    ...over,
  });
};
/** Hands over what is queued, and gives what came. */
async function collected(): Promise<SeenSpan[]> {
  await stop();
  stop = async () => undefined;
  return bodies.flatMap((body) =>
    (
      JSON.parse(body) as { resourceSpans: Array<{ scopeSpans: Array<{ spans: SeenSpan[] }> }> }
    ).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}
const attributesOf = ({ attributes }: SeenSpan) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
const startOne = async () => {
  node = await startNode({ controlOrigin: control.origin });
  await until(async () => (await call(node.internalPort, '/readyz')).status === 200);
};
const askFor = (n: number, headers: Record<string, string> = {}) =>
  call(
    node.publicPort,
    `/vast?pl=main&country=US&rid=${CANARY}-${n}&ifa=${IFA}&sid=${CANARY}-stream&uid=${CANARY}-viewer&city=${CANARY}-city`,
    { headers },
  );
const impressionIn = (xml: string) =>
  /<Impression[^>]*>(?:<!\[CDATA\[)?http:\/\/ads\.example([^<\]]+)/.exec(xml)![1]!;

describe('without a collector', () => {
  it('loads nothing and traces nothing', async () => {
    await begin({ endpoint: undefined });
    expect(tracer).toBeNull();
    await startOne();
    expect((await askFor(0)).status).toBe(200);
    await app.call('accounts.getProfile', {});
    expect(await traced('nothing', {}, async (span) => span)).toBeNull();
    expect([loadedBefore, loaded()]).toEqual([[], []]);
    await node.close();
  });
});

describe('with a collector', () => {
  const asker = { trace: 'a'.repeat(32), span: 'b'.repeat(16) };

  it('follows one ad from its request to where its events are counted', async () => {
    await begin();
    expect(loaded().length).toBeGreaterThan(0);
    await startOne();
    const answer = await askFor(1, { traceparent: `00-${asker.trace}-${asker.span}-01` });
    const impression = impressionIn(answer.body);
    expect((await call(node.publicPort, impression)).status).toBe(200);
    const source = httpLogSource({ origin: `http://127.0.0.1:${node.internalPort}`, planeKey: PLANE_KEY });
    const ingester = createIngester({ database, source, clock: { now: () => new Date() } });
    await until(async () => {
      const { events, decisions } = await ingester.ingestNow();
      return events + decisions > 0 && ingester.state().events > 0 && ingester.state().decisions > 0;
    });
    const spans = await collected();
    expect(new Set(paths)).toEqual(new Set(['/v1/traces']));
    const decision = spans.find(({ name }) => name === 'ad.decision')!;
    const decisionId = String(attributesOf(decision)['cuepoint.decision_id']);
    expect(impression).toContain(decisionId);
    expect(decisionTrace(decisionId)).toEqual({ traceId: decision.traceId, spanId: decision.spanId });
    expect(decision.links).toMatchObject([{ traceId: asker.trace, spanId: asker.span }]);
    const of = spans.filter(({ traceId }) => traceId === decision.traceId && traceId !== '');
    expect(of.map(({ name }) => name).sort()).toEqual([
      'ad.decision',
      'ad.event',
      'ingest.record',
      'ingest.record',
    ]);
    for (const span of of) expect(span.parentSpanId || null).toBe(span === decision ? null : decision.spanId);
    expect(of.map((span) => attributesOf(span)['cuepoint.event']).sort()).toEqual([
      'impression',
      'impression',
      'request',
      undefined,
    ]);
    const page = spans.find(({ name }) => name === 'ingest.page')!;
    expect(attributesOf(page)).toMatchObject({ 'cuepoint.node': 'node-1', 'cuepoint.outcome': 'applied' });
    expect(Number(attributesOf(page)['cuepoint.lag_ms'])).toBeGreaterThanOrEqual(0);
    const counted = spans.find((one) => one.name === 'db.transaction' && one.parentSpanId === page.spanId)!;
    expect(attributesOf(counted)).toEqual({ 'cuepoint.role': 'ingester' });
    const names = new Set(spans.map(({ name }) => name));
    for (const name of ['snapshot.swap', 'log.commit']) expect(names, name).toContain(name);
  }, 60_000);

  it('says nothing of viewers, keys or addresses', async () => {
    await begin();
    const { body } = await askFor(2, { 'X-Device-User-Agent': CANARY, cookie: CANARY });
    await call(node.publicPort, `${impressionIn(body)}?x=${CANARY}`);
    await call(node.internalPort, `/internal/decision?account=acc_1&id=${CANARY}-2`, {
      headers: {
        Authorization: `Bearer ${PLANE_KEY}`,
        traceparent: `00-${asker.trace}-${asker.span}-01`,
      },
    });
    // Both fail on purpose: what is looked at is what their spans hold.
    await traced('fails', {}, async () => {
      throw new Error(`no such thing as ${CANARY}`);
    }).catch(() => undefined);
    await app.call('accounts.listUsers', { cursor: CANARY }).catch(() => undefined);
    const identity = await identityOfNewest();
    const spans = await collected();
    const names = spans.map(({ name }) => name);
    for (const name of ['ad.decision', 'ad.event', 'node.answer', 'fails', 'accounts.listUsers'])
      expect(names, name).toContain(name);
    const sent = bodies.join('\n');
    const token = impressionIn(body).split('.').at(-1)!;
    for (const secret of [CANARY, IFA, PLANE_KEY, identity, token, '127.0.0.1', '/t/'])
      expect(sent.includes(secret), secret).toBe(false);
    const failed = spans.find(({ name }) => name === 'fails')!;
    expect([failed.status.code, attributesOf(failed)['error.type']]).toEqual([2, 'Error']);
  });

  it('joins an operation to the trace of its caller, and names it where the answer is a refusal', async () => {
    await begin();
    const context = {
      requestId: 'req_1',
      principal: app.principal('viewer'),
      skin: 'rest' as const,
      clientAddress: null,
      userAgent: null,
      traceparent: `00-${asker.trace}-${asker.span}-01`,
    };
    const refused = await app.pipeline.call('accounts.createApiKey', { name: 'x' }, context).catch((e) => e);
    expect(toProblem(refused, 'req_1')).toMatchObject({ code: 'auth.forbidden', traceId: asker.trace });
    await app.pipeline.call('accounts.getProfile', {}, context).catch((e) => e);
    const unreadable = { ...context, traceparent: `00-${'0'.repeat(32)}-${asker.span}-01` };
    await app.pipeline.call('accounts.getProfile', {}, unreadable).catch((e) => e);
    const spans = (await collected()).filter(({ name }) => name.startsWith('accounts.'));
    expect(
      spans.map(({ name, traceId, parentSpanId }) => [name, traceId === asker.trace, parentSpanId]),
    ).toEqual([
      ['accounts.createApiKey', true, asker.span],
      ['accounts.getProfile', true, asker.span],
      ['accounts.getProfile', false, spans[2]!.parentSpanId],
    ]);
    expect(attributesOf(spans[0]!)).toMatchObject({
      'cuepoint.skin': 'rest',
      'error.type': 'auth.forbidden',
    });
    expect(toProblem(new Error('elsewhere'), 'req_2')).not.toHaveProperty('traceId');
  });

  it('serves on when the collector is away, and says so once', async () => {
    const problems: string[] = [];
    // Nobody listens at the port of a server that is closed.
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    await begin({
      endpoint: `http://user:${CANARY}@127.0.0.1:${port}/otlp`,
      onProblem: (problem) => void problems.push(problem),
    });
    for (let n = 0; n < 200; n++) expect((await askFor(n)).status).toBe(200);
    const startedAt = performance.now();
    await collected();
    expect(performance.now() - startedAt).toBeLessThan(6000);
    expect(problems).toEqual(['traces could not be handed over; they are dropped, and all else goes on']);
    expect((await askFor(999)).status).toBe(200);
  }, 30_000);

  it('traces the chosen share of ads and no other', async () => {
    await begin({ adSampleRate: 0 });
    await askFor(3);
    expect((await collected()).filter(({ name }) => name.startsWith('ad.'))).toEqual([]);
    const ids = Array.from({ length: 4000 }, (_, n) => decisionTrace(String(n)).spanId);
    const share = ids.filter((id) => isChosen(id, 0.25)).length / ids.length;
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.28);
  });

  async function identityOfNewest(): Promise<string> {
    const answer = await call(node.internalPort, '/internal/decisions?account=acc_1&limit=1', {
      headers: { Authorization: `Bearer ${PLANE_KEY}` },
    });
    const [record] = answer.json<Array<{ request: { identity: string | null } }>>();
    expect(record!.request.identity).toMatch(/^[0-9a-f]{16}$/);
    return record!.request.identity!;
  }
});
