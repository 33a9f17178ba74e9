import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyCookie from '@fastify/cookie';
import fastifyMultipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { AppError, toProblem } from '../../kernel/app-error.ts';
import type { EventBus } from '../../kernel/event-bus.ts';
import type { Pipeline } from '../../kernel/pipeline.ts';
import type { Principal } from '../../kernel/principal.ts';
import { registerLive } from '../live/sse.ts';
import { registerTail, type TailFeed } from '../live/tail-sse.ts';
import { registerMcp } from '../mcp/http.ts';
import { docsPage, docsStyle } from './docs-page.ts';
import { openApiDocument } from './openapi.ts';
import { registerOperations } from './routes.ts';
import { sessionCookies } from './session-cookie.ts';

export interface ControlServerParts {
  pipeline: Pipeline;
  events: EventBus;
  tail: TailFeed;
  newRequestId: () => string;
  authenticate(credentials: Credentials): Promise<Principal>;
  publicUrl: string;
  secureCookies: boolean;
  quarantineDir: string;
  maxUploadBytes: number;
  /** How often a live stream is told that it is alive and its caller checked anew. */
  liveHeartbeatMs?: number;
  /** Built console, or null when there is none. */
  consoleDir: string | null;
  ready: () => Promise<{ ready: boolean; checks: Record<string, string> }>;
  log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Routes of other modules: signed files, the snapshot for delivery nodes. */
  extend?: (app: FastifyInstance) => void;
}

export interface Credentials {
  session: string | null;
  bearer: string | null;
  clientAddress: string;
}

const securityHeaders: Record<string, string> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self'; media-src 'self' blob:; style-src 'self'; " +
    "script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
};

/** The control plane's HTTP face: operations, documents, console, MCP, live events. */
export async function createControlServer(parts: ControlServerParts): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    // Only the delivery plane in front of us, on this machine, may say who the client is.
    trustProxy: 'loopback',
    genReqId: parts.newRequestId,
    bodyLimit: 2 * 1024 * 1024,
    // Long polls of delivery nodes and live streams must not hold up a shutdown.
    forceCloseConnections: true,
  });
  await app.register(fastifyCookie);
  await app.register(fastifyMultipart, { limits: { fileSize: parts.maxUploadBytes, files: 1, fields: 20 } });
  const cookies = sessionCookies(parts.secureCookies);
  const publicOrigin = new URL(parts.publicUrl).origin;

  const authenticate = (request: FastifyRequest) =>
    parts.authenticate({
      session: cookies.read(request),
      bearer: bearerOf(request),
      clientAddress: request.ip,
    });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    reply.header('X-Request-Id', request.id);
    if (request.url.startsWith('/api/')) reply.header('Cache-Control', 'no-store');
  });
  app.addHook('onResponse', async (request, reply) => {
    parts.log.info(
      {
        requestId: request.id,
        method: request.method,
        path: request.routeOptions.url ?? request.url.split('?')[0],
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 100) / 100,
      },
      'request',
    );
  });
  app.setErrorHandler((error: unknown, request, reply) => {
    const known = translate(error);
    if (!AppError.is(known)) parts.log.error({ requestId: request.id, error: describeFault(known) }, 'fault');
    const problem = toProblem(known, request.id);
    if (problem.retryAfterMs !== undefined)
      reply.header('Retry-After', Math.ceil(problem.retryAfterMs / 1000));
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .send({ ...problem, instance: request.url.split('?')[0] });
  });

  registerOperations(app, {
    pipeline: parts.pipeline,
    cookies,
    authenticate,
    publicOrigin,
    quarantineDir: parts.quarantineDir,
    maxUploadBytes: parts.maxUploadBytes,
  });
  const live = {
    authenticate,
    publicOrigin,
    ...(parts.liveHeartbeatMs === undefined ? {} : { heartbeatMs: parts.liveHeartbeatMs }),
  };
  registerLive(app, { events: parts.events, ...live });
  registerTail(app, { tail: parts.tail, ...live });
  registerMcp(app, { pipeline: parts.pipeline, authenticate, publicOrigin });
  const document = openApiDocument(parts.pipeline.operations(), parts.publicUrl);
  app.get('/api/openapi.json', () => document);
  const docs = docsPage(parts.pipeline.operations());
  app.get('/docs/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(docsStyle));
  app.get('/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(docs));
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', async (_request, reply) => {
    const state = await parts.ready();
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  parts.extend?.(app);
  await registerConsole(app, parts.consoleDir);
  return app;
}

async function registerConsole(app: FastifyInstance, directory: string | null): Promise<void> {
  if (directory !== null) {
    await app.register(fastifyStatic, {
      root: directory,
      index: false,
      setHeaders: (reply, path) => {
        reply.header(
          'Cache-Control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  // The files' own route would refuse it as a folder.
  app.get('/', (_request, reply) => reply.callNotFound());
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0]!;
    const isPage = request.method === 'GET' && !path.startsWith('/api/') && !/\.[a-z0-9]+$/i.test(path);
    // Read each time: a console that was built again names other assets.
    const page = isPage && directory !== null ? await readFile(join(directory, 'index.html'), 'utf8') : null;
    if (page !== null) {
      return reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-cache').send(page);
    }
    const why = isPage
      ? 'The console has not been built: run npm run build:console.'
      : `There is nothing at ${request.method} ${path.slice(0, 200)}.`;
    const problem = toProblem(new AppError('not_found', why), request.id);
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
}

function bearerOf(request: FastifyRequest): string | null {
  const match = /^Bearer ([\x21-\x7e]{1,400})$/.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

/** What the framework itself refuses, in our words. */
function translate(error: unknown): unknown {
  if (AppError.is(error)) return error;
  const code = (error as { code?: unknown }).code;
  const status = (error as { statusCode?: unknown }).statusCode;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || code === 'FST_REQ_FILE_TOO_LARGE') {
    return new AppError('media.too_large', 'The body is larger than this address accepts.', { cause: error });
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError('input.invalid', `The request could not be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return error;
}

function describeFault(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
  return { name: error.name, message: error.message, stack: error.stack, ...cause };
}
