import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PLANE_PATHS, withoutBody } from '../../kernel/delivery-protocol.ts';
import type { SnapshotSource } from './snapshot-source.ts';

const MAX_WAIT_SECONDS = 30;

/** Problems of the plane-to-plane protocol; they are no part of the public contract. */
const problems = {
  'plane.unauthorised': {
    status: 401,
    title: 'The plane key is missing or wrong',
    remedy: 'Send the key of this installation as "Authorization: Bearer <key>".',
  },
  'input.invalid': { status: 400, title: 'The input does not fit', remedy: 'Correct the named field.' },
  'snapshot.not_ready': {
    status: 503,
    title: 'No snapshot has been built yet',
    remedy: 'Ask again; the control plane reports why it cannot build.',
  },
} as const;

/**
 * Serves the snapshot to delivery nodes (docs/protocols/delivery.md, section 2).
 * @param planeKey shared between the planes, at least 32 characters
 * @throws Error when the key is too short
 */
export function registerSnapshotRoute(app: FastifyInstance, source: SnapshotSource, planeKey: string): void {
  if (planeKey.length < 32)
    throw new Error(`the plane key has ${planeKey.length} characters; at least 32 are needed`);
  const expected = digest(`Bearer ${planeKey}`);

  app.get(PLANE_PATHS.snapshot, async (request, reply) => {
    reply.header('Cache-Control', 'no-store');
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      reply.header('WWW-Authenticate', 'Bearer');
      return refuse(request, reply, 'plane.unauthorised', 'The plane key is missing or wrong.');
    }
    const wait = (request.query as Record<string, unknown>).wait ?? '0';
    const waitSeconds =
      typeof wait === 'string' && /^\d{1,4}(\.\d{1,3})?$/.test(wait) ? Number(wait) : Number.NaN;
    if (!(waitSeconds <= MAX_WAIT_SECONDS)) {
      const shown = JSON.stringify(wait).slice(0, 60);
      return refuse(
        request,
        reply,
        'input.invalid',
        `wait is ${shown}; accepted: 0 to ${MAX_WAIT_SECONDS} seconds.`,
      );
    }

    const held = heldTags(request.headers['if-none-match']);
    const newest = source.current();
    let answer = newest;
    if (newest === null || held.has(newest.tag)) {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      answer = await source.waitForChange(newest?.tag ?? null, waitSeconds * 1000, gone.signal);
      if (gone.signal.aborted && reply.raw.destroyed) return reply.hijack();
    }
    if (answer !== null) {
      // Who holds the body already, and asks so, gets the counters alone.
      const { body } = request.query as Record<string, unknown>;
      const isBodyHeld =
        body === 'changed' && [...held].some((tag) => tag.startsWith(`${answer.header.hash}.`));
      return reply
        .header('ETag', `"${answer.tag}"`)
        .header('Content-Type', 'application/x-ndjson')
        .send(isBodyHeld ? withoutBody(answer.text) : answer.text);
    }
    if (newest !== null) return reply.code(304).header('ETag', `"${newest.tag}"`).send();
    reply.header('Retry-After', '1');
    return refuse(request, reply, 'snapshot.not_ready', 'The control plane has not built a snapshot yet.');
  });
}

/** Digests have one length whatever was sent, so the comparison tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

function heldTags(header: string | undefined): Set<string> {
  return new Set([...(header ?? '').matchAll(/"([0-9a-f]{64}\.[0-9a-f]{64})"/g)].map((match) => match[1]!));
}

function refuse(request: FastifyRequest, reply: FastifyReply, code: keyof typeof problems, detail: string) {
  const { status, title, remedy } = problems[code];
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: `https://cuepoint.dev/errors/${code}`,
      title,
      status,
      detail,
      code,
      remedy,
      requestId: request.id,
      instance: PLANE_PATHS.snapshot,
    });
}
