import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Turns an answer into a stream of server-sent events: nobody keeps it or holds it back, and readers return in two seconds. */
export function openStream(request: FastifyRequest, reply: FastifyReply): ServerResponse {
  reply.hijack();
  const stream = reply.raw;
  stream.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
    'X-Request-Id': request.id,
  });
  stream.write('retry: 2000\n\n');
  return stream;
}
