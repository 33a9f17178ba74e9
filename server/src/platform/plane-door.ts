import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Problems of the plane-to-plane protocol; they are no part of the public contract. */
const problems = {
  'plane.unauthorised': {
    status: 401,
    title: 'The plane key is missing or wrong',
    remedy: 'Send the key of this installation as "Authorization: Bearer <key>".',
  },
  'input.invalid': { status: 400, title: 'The input does not fit', remedy: 'Correct the named field.' },
  'node.not_retirable': {
    status: 409,
    title: 'The node cannot be retired now',
    remedy: 'Wait until its leases and reservations are over; check its name.',
  },
  'snapshot.not_ready': {
    status: 503,
    title: 'No snapshot has been built yet',
    remedy: 'Ask again; the control plane reports why it cannot build.',
  },
} as const;

export interface PlaneDoor {
  /** False, and the refusal is sent, when the plane key is missing or wrong. */
  lets(request: FastifyRequest, reply: FastifyReply): boolean;
  refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    code: keyof typeof problems,
    detail: string,
  ): FastifyReply;
}

/**
 * The door that delivery nodes come in by (docs/protocols/delivery.md, section 1).
 * @param planeKey shared between the planes, at least 32 characters
 * @param path of the route, for its refusals
 * @throws Error when the key is too short
 */
export function planeDoor(planeKey: string, path: string): PlaneDoor {
  if (planeKey.length < 32)
    throw new Error(`the plane key has ${planeKey.length} characters; at least 32 are needed`);
  const expected = digest(`Bearer ${planeKey}`);
  const refuse: PlaneDoor['refuse'] = (request, reply, code, detail) => {
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
        instance: path,
      });
  };
  return {
    lets(request, reply) {
      reply.header('Cache-Control', 'no-store');
      if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) return true;
      reply.header('WWW-Authenticate', 'Bearer');
      refuse(request, reply, 'plane.unauthorised', 'The plane key is missing or wrong.');
      return false;
    },
    refuse,
  };
}

/** Digests have one length whatever was sent, so the comparison tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
