import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/app-error.ts';
import type { Pipeline } from '../../kernel/pipeline.ts';
import type { Principal } from '../../kernel/principal.ts';
import { refuseForeignOrigin } from '../rest/origin.ts';
import { createMcpServer } from './tools.ts';

export interface McpHttpParts {
  pipeline: Pipeline;
  authenticate(request: FastifyRequest): Promise<Principal>;
  publicOrigin: string;
}

/** MCP over streamable HTTP at /mcp, without sessions: every request brings its key. */
export function registerMcp(app: FastifyInstance, parts: McpHttpParts): void {
  app.post('/mcp', async (request, reply) => {
    const principal = await parts.authenticate(request);
    if (principal.kind === 'anonymous')
      throw new AppError('auth.required', 'MCP needs an API key as Bearer token.');
    // A page in a browser could name us by a rebound host; only our own origin may speak with a cookie.
    refuseForeignOrigin(request, principal, parts.publicOrigin);
    const server = createMcpServer({
      pipeline: parts.pipeline,
      context: () => ({
        requestId: request.id,
        principal,
        clientAddress: request.ip,
        userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
      }),
    });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    reply.hijack();
    reply.raw.on('close', () => {
      void transport.close();
      void server.close();
    });
    // The SDK types its own transport's optional callbacks without `undefined`.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request.raw, reply.raw, request.body);
  });
  for (const method of ['GET', 'DELETE'] as const) {
    app.route({
      method,
      url: '/mcp',
      handler: (_request, reply) =>
        reply
          .code(405)
          .header('Allow', 'POST')
          .send({ jsonrpc: '2.0', error: { code: -32000, message: 'POST only' }, id: null }),
    });
  }
}
