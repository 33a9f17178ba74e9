import { fromText, TAIL_RATE, TailFilter, type TailRecord, type TailStats } from '@cuepoint/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../kernel/app-error.ts';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import { describeIssues } from '../../kernel/input-problems.ts';
import type { Principal } from '../../kernel/principal.ts';
import { readPositions } from '../../kernel/tail-position.ts';
import { refuseForeignReader } from '../rest/origin.ts';
import { openStream } from './open-stream.ts';

/** Where records come from: of one account, filtered, and no more than the receiver can take. */
export interface TailFeed {
  readonly size: number;
  subscribe(request: {
    accountId: string;
    filter: TailFilter;
    after: ReadonlyMap<string, LogPosition> | null;
    perSecond: number;
    nowMs: () => number;
  }): {
    take(): readonly { id: string; record: TailRecord }[];
    stats(): { id: string; stats: TailStats };
    close(): void;
  };
}

export interface TailParts {
  tail: TailFeed;
  authenticate(request: FastifyRequest): Promise<Principal>;
  publicOrigin: string;
  heartbeatMs?: number;
}

/** A receiver that has so much unread is given nothing more until it reads. */
const UNREAD_BYTES = 256 * 1024;
const TAKE_EVERY_MS = 250;
const TOLD_EVERY_MS = 1000;
const CHECKED_EVERY_MS = 15_000;
/** Streams of one process; each costs a buffer and a socket. */
const MOST_STREAMS = 200;

const TailQuery = TailFilter.extend({
  rate: z.coerce
    .number()
    .int()
    .min(TAIL_RATE.least)
    .max(TAIL_RATE.most)
    .default(TAIL_RATE.usual)
    .meta({ description: 'records a second at most' }),
  after: z.string().max(8000).optional().meta({ description: 'id of the last event that was received' }),
});

/**
 * `GET /api/v1/live/tail`: decisions and events of the caller's account as the delivery nodes make them durable, as
 * server-sent events `record` and, every second, `stats`. `Last-Event-ID` or `after` goes on where the receiver left.
 */
export function registerTail(app: FastifyInstance, parts: TailParts): void {
  app.get('/api/v1/live/tail', async (request, reply) => {
    refuseForeignReader(request, parts.publicOrigin);
    const principal = await parts.authenticate(request);
    const accountId = listener(principal);
    const { rate, after, ...filter } = readQuery(request);
    if (parts.tail.size >= MOST_STREAMS)
      throw new AppError('rate.limited', `This server feeds ${MOST_STREAMS} live tails, and no more.`, {
        retryAfterMs: 10_000,
      });
    const stream = openStream(request, reply);
    const subscription = parts.tail.subscribe({
      accountId,
      filter,
      after,
      perSecond: rate,
      nowMs: () => performance.now(),
    });
    const isReading = () => stream.writableLength <= UNREAD_BYTES && !stream.writableEnded;
    const give = setInterval(() => {
      if (!isReading()) return;
      let text = '';
      for (const { id, record } of subscription.take()) text += message('record', id, record);
      if (text !== '') stream.write(text);
    }, TAKE_EVERY_MS);
    const tell = setInterval(() => {
      if (!isReading()) return;
      const { id, stats } = subscription.stats();
      stream.write(message('stats', id, stats));
    }, TOLD_EVERY_MS);
    const letGo = () => {
      for (const timer of [give, tell, check]) clearInterval(timer);
      subscription.close();
    };
    const end = () => {
      letGo();
      stream.end();
    };
    // A revoked session or a right that was taken away ends it within this time.
    const check = setInterval(() => {
      parts.authenticate(request).then((again) => {
        if (again.accountId !== accountId || !again.permissions.has('delivery:read')) end();
      }, end);
    }, parts.heartbeatMs ?? CHECKED_EVERY_MS);
    stream.on('error', letGo);
    stream.on('close', letGo);
  });
}

function message(event: string, id: string, data: unknown): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

function listener({ accountId, permissions, role }: Principal): string {
  if (accountId === null) throw new AppError('auth.required', 'The live tail needs a signed-in caller.');
  if (!permissions.has('delivery:read'))
    throw new AppError(
      'auth.forbidden',
      `The live tail needs the permission delivery:read; the role ${role ?? 'none'} does not have it here.`,
    );
  return accountId;
}

function readQuery(request: FastifyRequest) {
  const given = fromText(TailQuery, request.query as Record<string, unknown>);
  const parsed = TailQuery.safeParse(given);
  if (!parsed.success) throw invalid(describeIssues(parsed.error, given));
  const header = request.headers['last-event-id'];
  const text = typeof header === 'string' && header !== '' ? header : parsed.data.after;
  const after = text === undefined ? null : readPositions(text);
  if (text !== undefined && after === null)
    throw invalid([
      {
        field: 'after',
        message: 'is no position of a live tail',
        value: text.slice(0, 80),
        accepted: 'the id of the last event received, such as node-1.3.1204',
      },
    ]);
  return { ...parsed.data, after };
}

function invalid(fields: { field: string; message: string; value?: unknown; accepted?: string }[]): AppError {
  return new AppError('input.invalid', fields.map((f) => `${f.field}: ${f.message}`).join('; '), { fields });
}
