import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { identityOf } from '../../kernel/ad-request.ts';
import {
  type DecisionRecord,
  type DecisionSample,
  ErasureOrder,
  type LogEntry,
  type LogPosition,
  type NodeErasure,
  type NodeHealth,
  type NodeStatus,
  type NodeTimeline,
  PLANE_PATHS,
} from '../../kernel/delivery-protocol.ts';
import { traced, tracer } from '../../kernel/tracing.ts';
import { MOST_SAMPLED, type SampleQuestion } from './decision-sample.ts';
import type { Engine } from './engine.ts';
import { newRequestId } from './http.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { pageText } from './log/page-text.ts';
import { comparePositions, LogPositionError } from './log/reader.ts';
import type { DeliveryMetrics } from './metrics.ts';
import { badField, DeliveryError, sendProblem } from './problems.ts';
import { readTimeline, type TimelineQuestion, type TimelineRecords } from './timeline.ts';

export interface InternalServerParts {
  readonly nodeId: string;
  readonly planeKey: string;
  readonly log: DurableLog;
  readonly engine: Engine;
  readonly metrics: DeliveryMetrics;
  readonly isReady: () => boolean;
  readonly status: () => NodeStatus;
  readonly health: () => Promise<NodeHealth>;
  readonly timelineRecords: (question: TimelineQuestion) => Promise<TimelineRecords>;
  readonly sample: (question: Omit<SampleQuestion, 'through'>) => Promise<Omit<DecisionSample, 'nodeId'>>;
  /** What a viewing session is called in the records of an account, as 16 hex digits; null for what is no id. */
  readonly sessionHash: (accountId: string, streamId: string) => string | null;
  readonly onFault: (error: unknown, requestId: string) => void;
}

const MAX_LIMIT = 10_000;
const MAX_WAIT_SECONDS = 30;

/** Health, metrics, and what the control plane reads. Never reachable through the public port. */
export function createInternalServer(parts: InternalServerParts): Server {
  return createServer((request, response) => {
    const requestId = newRequestId();
    const { traceparent } = request.headers;
    const answering =
      tracer === null || typeof traceparent !== 'string'
        ? answer(parts, request, response)
        : traced(
            'node.answer',
            { node: parts.nodeId, path: (request.url ?? '/').split('?', 1)[0]! },
            () => answer(parts, request, response),
            traceparent,
          );
    answering.catch((error: unknown) => {
      if (!(error instanceof DeliveryError)) parts.onFault(error, requestId);
      const problem =
        error instanceof DeliveryError ? error : new DeliveryError('internal', 'The request failed.');
      if (response.headersSent) response.destroy();
      else sendProblem(request, response, problem, requestId);
    });
  });
}

async function answer(
  parts: InternalServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://node');
  switch (url.pathname) {
    case '/livez':
      return sendText(response, 200, 'live\n');
    case '/readyz':
      return parts.isReady() ? sendText(response, 200, 'ready\n') : sendText(response, 503, 'not ready\n');
    case '/metrics':
      return sendText(
        response,
        200,
        await parts.metrics.registry.metrics(),
        parts.metrics.registry.contentType,
      );
    case PLANE_PATHS.status:
      authorise(parts, request);
      return sendText(response, 200, JSON.stringify(parts.status()), 'application/json');
    case PLANE_PATHS.health:
      authorise(parts, request);
      return sendText(response, 200, JSON.stringify(await parts.health()), 'application/json');
    case PLANE_PATHS.decision: {
      authorise(parts, request);
      const record = await parts.engine.lookup.find(text(url, 'account'), text(url, 'id'));
      if (!record) throw new DeliveryError('route.not_found', 'The log of this node has no such decision.');
      return sendText(response, 200, JSON.stringify(parts.engine.erasures.strip(record)), 'application/json');
    }
    case PLANE_PATHS.timeline: {
      authorise(parts, request);
      const found = await readTimeline(parts, text(url, 'account'), text(url, 'id'));
      if (!found) throw new DeliveryError('route.not_found', 'The log of this node has no such decision.');
      const timeline = withoutErased(found, parts.engine);
      return sendText(response, 200, JSON.stringify(timeline), 'application/json');
    }
    case PLANE_PATHS.erasures: {
      authorise(parts, request);
      return sendText(response, 200, JSON.stringify(await erase(parts, request)), 'application/json');
    }
    case PLANE_PATHS.sample: {
      authorise(parts, request);
      const time = (name: string) => wholeNumber(url.searchParams, name, 0, Number.MAX_SAFE_INTEGER, 0);
      const sample = await parts.sample({
        accountId: text(url, 'account'),
        fromMs: time('from'),
        toMs: time('to'),
        limit: wholeNumber(url.searchParams, 'limit', 1, MOST_SAMPLED, MOST_SAMPLED),
      });
      const decisions = sample.decisions.map((one) => parts.engine.erasures.strip(one));
      return sendText(
        response,
        200,
        JSON.stringify({ nodeId: parts.nodeId, ...sample, decisions }),
        'application/json',
      );
    }
    case PLANE_PATHS.decisions: {
      authorise(parts, request);
      const outcome = url.searchParams.get('outcome') ?? 'all';
      const records = parts.engine.lookup.newest(
        text(url, 'account'),
        wholeNumber(url.searchParams, 'limit', 1, 200, 50),
        (record) => outcome === 'all' || record.ads.length > 0 === (outcome === 'ads'),
      );
      const shown = records.map((one) => parts.engine.erasures.strip(one));
      return sendText(response, 200, JSON.stringify(shown), 'application/json');
    }
    case PLANE_PATHS.readings: {
      authorise(parts, request);
      requireState(parts);
      const identity = url.searchParams.get('identity');
      if (identity !== null && !/^[0-9a-f]{16}$/.test(identity))
        throw badField('identity', identity, '16 hex digits');
      const at = wholeNumber(url.searchParams, 'at', 0, Number.MAX_SAFE_INTEGER, Date.now());
      const readings = parts.engine.readingsOf(text(url, 'account'), identityOf(identity), at);
      return sendText(response, 200, JSON.stringify(readings), 'application/json');
    }
    case PLANE_PATHS.lineItem: {
      authorise(parts, request);
      requireState(parts);
      const state = parts.engine.lineItemState(text(url, 'account'), text(url, 'id'), Date.now());
      return sendText(response, 200, JSON.stringify(state), 'application/json');
    }
    case PLANE_PATHS.log:
      authorise(parts, request);
      return sendLogPage(parts, request, response, url.searchParams);
    default:
      throw new DeliveryError('route.not_found', `There is nothing at ${url.pathname}.`);
  }
}

/** A stream whose viewer was erased is not joined any more: of its timeline the decision that was asked for is left. */
function withoutErased(timeline: NodeTimeline, { erasures }: Engine): NodeTimeline {
  const decision = erasures.strip(timeline.decision);
  if (decision === timeline.decision)
    return { ...timeline, session: timeline.session.filter((one) => erasures.strip(one) === one) };
  const events = timeline.events
    .filter(({ record }) => isOfDecision(record, decision))
    .map(({ record, ...address }) => ({ ...address, record: withoutIdentity(record) }));
  return { ...timeline, decision, events, session: [] };
}

const isOfDecision = (record: { decisionId: string }, { decisionId }: DecisionRecord): boolean =>
  record.decisionId === decisionId;

const withoutIdentity = (record: LogEntry['record']): LogEntry['record'] =>
  record.type === 'event' ? { ...record, identity: null, identityKind: 'none' } : record;

const MAX_ORDER_BYTES = 16 * 1024;

async function erase(parts: InternalServerParts, request: IncomingMessage): Promise<NodeErasure> {
  if (request.method !== 'POST') throw badField('method', request.method, 'POST');
  const { engine, log, nodeId, sessionHash } = parts;
  const read = ErasureOrder.safeParse(await body(request));
  if (!read.success)
    throw new DeliveryError('input.invalid', `order: ${read.error.issues[0]?.message ?? 'not readable'}.`);
  const order = read.data;
  const forgotten = await engine.forgetViewer(
    order,
    (streamId) => sessionHash(order.accountId, streamId) === order.identity,
  );
  if (!order.isPreview && (await engine.sharedCaps?.forget(order.identity)) === false)
    throw new DeliveryError('redis.unavailable', 'What nodes share about the viewer could not be forgotten.');
  const from = await log.begunAt(log.firstSegment);
  return { nodeId, ...forgotten, logFrom: from === null ? null : new Date(from).toISOString() };
}

async function body(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_ORDER_BYTES) throw badField('order', 'a longer text', `${MAX_ORDER_BYTES} bytes`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function requireState({ engine }: InternalServerParts): void {
  if (!engine.state)
    throw new DeliveryError('delivery.not_ready', 'This node has not received a snapshot yet.');
}

function text(url: URL, name: string): string {
  const value = url.searchParams.get(name) ?? '';
  if (value === '' || value.length > 200) throw badField(name, value.slice(0, 40), '1 to 200 characters');
  return value;
}

function authorise({ planeKey }: InternalServerParts, request: IncomingMessage): void {
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${planeKey}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new DeliveryError('plane.unauthorised', 'This path needs the plane key.');
}

async function sendLogPage(
  { log, nodeId, engine }: InternalServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): Promise<void> {
  const from: LogPosition = {
    segment: wholeNumber(query, 'segment', 1, Number.MAX_SAFE_INTEGER, 1),
    offset: wholeNumber(query, 'offset', 0, Number.MAX_SAFE_INTEGER, 0),
  };
  const limit = wholeNumber(query, 'limit', 1, MAX_LIMIT, 1000);
  const waitMs = wholeNumber(query, 'wait', 0, MAX_WAIT_SECONDS, 0) * 1000;
  if (log.isPruned(from))
    throw new DeliveryError(
      'log.position_pruned',
      `The log begins at segment ${log.firstSegment}, offset 0.`,
      { members: { first: { segment: log.firstSegment, offset: 0 } } },
    );
  if (waitMs > 0 && comparePositions(from, log.durableThrough) === 0)
    await somethingNew(log, request, waitMs);
  const page = await log.read(from, limit, [KIND.decision, KIND.event]).catch((error: unknown) => {
    if (error instanceof LogPositionError)
      throw new DeliveryError('log.position_invalid', `${error.message}.`);
    throw error;
  });
  sendText(
    response,
    200,
    pageText(nodeId, page, log.durableThrough, (payload) => engine.erasures.stripText(payload)),
    'application/json',
  );
}

function somethingNew(log: DurableLog, request: IncomingMessage, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(finish, waitMs);
    const stop = log.onceMore(finish);
    request.on('close', finish);
  });
}

function wholeNumber(
  query: URLSearchParams,
  name: string,
  least: number,
  most: number,
  absent: number,
): number {
  const text = query.get(name);
  if (text === null) return absent;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw badField(name, text, `a whole number from ${least} to ${most}`);
  return value;
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}
