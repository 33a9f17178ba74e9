import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/app-error.ts';
import type { EventBus, LiveEvent } from '../../kernel/event-bus.ts';
import type { Principal } from '../../kernel/principal.ts';
import { refuseForeignReader } from '../rest/origin.ts';
import { openStream } from './open-stream.ts';

export interface LiveParts {
  events: EventBus;
  authenticate(request: FastifyRequest): Promise<Principal>;
  publicOrigin: string;
  heartbeatMs?: number;
}

/**
 * Server-sent events of the caller's account: what changed, never its content.
 * The caller is checked again at every heartbeat, so that a revoked session
 * stops hearing within that time.
 */
export function registerLive(app: FastifyInstance, parts: LiveParts): void {
  app.get('/api/v1/live', async (request, reply) => {
    refuseForeignReader(request, parts.publicOrigin);
    const principal = await parts.authenticate(request);
    if (principal.accountId === null)
      throw new AppError('auth.required', 'Live events need a signed-in caller.');
    const { accountId } = principal;
    const stream = openStream(request, reply);
    const send = (event: LiveEvent) => {
      if (event.accountId !== accountId) return;
      // A reader that does not read is let go; it reconnects and reloads.
      if (stream.writableLength > 256 * 1024) {
        letGo();
        stream.destroy();
        return;
      }
      stream.write(`event: change\ndata: ${JSON.stringify({ type: event.type, entity: event.entity })}\n\n`);
    };
    const unsubscribe = parts.events.subscribe(send);
    const letGo = () => {
      clearInterval(heartbeat);
      unsubscribe();
    };
    // Nothing is written after the end: that would be an error event, and an unheard one ends the process.
    const end = () => {
      letGo();
      stream.end();
    };
    const heartbeat = setInterval(() => {
      parts.authenticate(request).then((again) => {
        if (again.accountId !== accountId) end();
        else if (!stream.writableEnded) stream.write(': still here\n\n');
      }, end);
    }, parts.heartbeatMs ?? 15_000);
    stream.on('error', letGo);
    stream.on('close', letGo);
  });
}
