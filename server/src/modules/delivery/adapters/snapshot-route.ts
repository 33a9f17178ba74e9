import type { FastifyInstance } from 'fastify';
import { PLANE_PATHS, withoutBody } from '../../../kernel/delivery-protocol.ts';
import { tracer } from '../../../kernel/tracing.ts';
import { planeDoor } from '../../../platform/plane-door.ts';
import type { EncodedSnapshot, SnapshotSource } from '../snapshot-source.ts';

const MAX_WAIT_SECONDS = 30;

/**
 * Serves the snapshot to delivery nodes (docs/protocols/delivery.md, section 2).
 * @param planeKey shared between the planes, at least 32 characters
 * @throws Error when the key is too short
 */
export function registerSnapshotRoute(app: FastifyInstance, source: SnapshotSource, planeKey: string): void {
  const door = planeDoor(planeKey, PLANE_PATHS.snapshot);

  app.get(PLANE_PATHS.snapshot, async (request, reply) => {
    if (!door.lets(request, reply)) return reply;
    const wait = (request.query as Record<string, unknown>).wait ?? '0';
    const waitSeconds =
      typeof wait === 'string' && /^\d{1,4}(\.\d{1,3})?$/.test(wait) ? Number(wait) : Number.NaN;
    if (!(waitSeconds <= MAX_WAIT_SECONDS)) {
      const shown = JSON.stringify(wait).slice(0, 60);
      return door.refuse(
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
      const { body } = request.query as Record<string, unknown>;
      const text = fileFor(source, answer, held, body);
      tracer
        ?.start('snapshot.fetch', {
          attributes: {
            snapshot: answer.header.hash.slice(0, 12),
            bytes: text.length,
            body_sent: text === answer.text,
          },
        })
        .end();
      return reply
        .header('ETag', `"${answer.tag}"`)
        .header('Content-Type', 'application/x-ndjson')
        .send(text);
    }
    if (newest !== null) return reply.code(304).header('ETag', `"${newest.tag}"`).send();
    reply.header('Retry-After', '1');
    return door.refuse(
      request,
      reply,
      'snapshot.not_ready',
      'The control plane has not built a snapshot yet.',
    );
  });
}

/** Who holds the body already, and asks so, gets the counters alone; who holds an earlier one, what differs. */
function fileFor(
  source: SnapshotSource,
  snapshot: EncodedSnapshot,
  held: Set<string>,
  body: unknown,
): string {
  if (body !== 'changed' && body !== 'difference') return snapshot.text;
  const hashes = [...held].map((tag) => tag.split('.')[0]!);
  if (hashes.includes(snapshot.header.hash)) return withoutBody(snapshot.text);
  // Of several bodies nobody says which one it would be applied to.
  if (body === 'changed' || hashes.length !== 1) return snapshot.text;
  return source.differenceFrom(hashes[0]!, snapshot) ?? snapshot.text;
}

function heldTags(header: string | undefined): Set<string> {
  return new Set([...(header ?? '').matchAll(/"([0-9a-f]{64}\.[0-9a-f]{64})"/g)].map((match) => match[1]!));
}
