import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline as pipe } from 'node:stream/promises';
import { fromText, type Operation } from '@cuepoint/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/app-error.ts';
import type { CallContext } from '../../kernel/implement.ts';
import { type CallResult, callOptions, type Pipeline } from '../../kernel/pipeline.ts';
import { refuseForeignOrigin } from './origin.ts';
import type { SessionCookies } from './session-cookie.ts';

export interface RestParts {
  pipeline: Pipeline;
  cookies: SessionCookies;
  /** Of the address people use; a proxy in front may speak https where we hear http. */
  publicOrigin: string;
  authenticate(request: FastifyRequest): Promise<CallContext['principal']>;
  /** Where uploads are written before anything looks at them. */
  quarantineDir: string;
  maxUploadBytes: number;
}

/** One route for every operation that declares one, under /api. */
export function registerOperations(app: FastifyInstance, parts: RestParts): void {
  for (const operation of parts.pipeline.operations()) {
    const rest = operation.rest;
    if (!rest) continue;
    for (const path of [rest.path, ...(rest.aliases ?? [])]) {
      app.route({
        method: rest.method,
        url: `/api${path}`,
        handler: (request, reply) => answer(operation, request, reply, parts),
      });
    }
  }
}

async function answer(operation: Operation, request: FastifyRequest, reply: FastifyReply, parts: RestParts) {
  const principal = await parts.authenticate(request);
  if (operation.effect !== 'read') refuseForeignOrigin(request, principal, parts.publicOrigin);
  // Nobody fills the disk who may not call the operation.
  if (operation.rest?.upload) parts.pipeline.admit(operation.id, { principal });
  const { input, cleanUp } = await collectInput(operation, request, parts);
  try {
    const result = await parts.pipeline.call(operation.id, input, {
      requestId: request.id,
      principal,
      skin: 'rest',
      clientAddress: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
      ...traceOf(request),
      ...callOptions({
        ...idempotencyKeyOf(request),
        ...ifMatchOf(request),
        ...dryRunOf(request),
      }),
    });
    applySession(result, reply, parts.cookies);
    if (result.replayed) reply.header('Idempotency-Replayed', 'true');
    if (result.dryRun) reply.header('Dry-Run', 'true');
    if (isDownload(operation, request)) return sendFile(result.output, reply);
    const version = (result.output as { version?: unknown }).version;
    if (typeof version === 'number') reply.header('ETag', `"${version}"`);
    return reply.code(statusFor(operation, result)).send(result.output);
  } finally {
    await cleanUp();
  }
}

/** One header alone is read: more than one is no trace (W3C Trace Context, 3.2). */
function traceOf({ headers: { traceparent } }: FastifyRequest): { traceparent?: string } {
  return typeof traceparent === 'string' && traceparent.length < 64 ? { traceparent } : {};
}

const isDownload = ({ rest }: Operation, request: FastifyRequest) =>
  rest?.download === true && (request.query as Record<string, unknown>).download === 'true';

/** An answer that is a file, as that file. */
function sendFile(output: unknown, reply: FastifyReply): FastifyReply {
  const { fileName, mediaType, encoding, content } = output as {
    fileName: string;
    mediaType: string;
    encoding: BufferEncoding;
    content: string;
  };
  return reply
    .header('Content-Type', mediaType)
    .header('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`)
    .header('X-Content-Type-Options', 'nosniff')
    .header('Cache-Control', 'no-store')
    .send(Buffer.from(content, encoding));
}

function statusFor(operation: Operation, result: CallResult): number {
  if (result.dryRun) return 200;
  return operation.rest?.status ?? (operation.effect === 'create' ? 201 : 200);
}

function applySession(result: CallResult, reply: FastifyReply, cookies: SessionCookies): void {
  if (!result.sessionChange) return;
  if ('end' in result.sessionChange) cookies.clear(reply);
  else cookies.set(reply, result.sessionChange.start.token, result.sessionChange.start.expiresAt);
}

interface Collected {
  input: Record<string, unknown>;
  cleanUp: () => Promise<void>;
}

const nothingToClean = async () => {};

async function collectInput(
  operation: Operation,
  request: FastifyRequest,
  parts: RestParts,
): Promise<Collected> {
  const params = (request.params ?? {}) as Record<string, unknown>;
  const query = { ...(request.query as Record<string, unknown>) };
  delete query.dryRun;
  if (operation.rest?.download) delete query.download;
  if (request.method === 'GET' || request.method === 'DELETE') {
    return { input: fromText(operation.input, { ...query, ...params }), cleanUp: nothingToClean };
  }
  const upload = operation.rest?.upload;
  if (upload) return collectUpload(operation, upload, params, request, parts);
  const body = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw new AppError('input.invalid', 'The body must be a JSON object.', {
      fields: [{ field: '(body)', message: 'not an object', accepted: 'a JSON object' }],
    });
  }
  return { input: { ...(body as Record<string, unknown>), ...params }, cleanUp: nothingToClean };
}

async function collectUpload(
  operation: Operation,
  field: string,
  params: Record<string, unknown>,
  request: FastifyRequest,
  parts: RestParts,
): Promise<Collected> {
  if (!request.isMultipart()) {
    throw new AppError('input.invalid', `Send multipart/form-data with a file in the field ${field}.`, {
      fields: [{ field, message: 'not a multipart upload', accepted: 'multipart/form-data' }],
    });
  }
  const directory = join(parts.quarantineDir, request.id);
  const cleanUp = () => rm(directory, { recursive: true, force: true });
  const input: Record<string, unknown> = {};
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for await (const part of request.parts({
      limits: { files: 1, fileSize: parts.maxUploadBytes, fields: 20 },
    })) {
      if (part.type === 'field') {
        input[part.fieldname] = part.value;
        continue;
      }
      if (part.fieldname !== field) {
        part.file.resume();
        // Refused by name, as every field that the operation does not have.
        input[part.fieldname] = '(a file)';
        continue;
      }
      const path = join(directory, 'upload');
      const hash = createHash('sha256');
      part.file.on('data', (chunk: Buffer) => hash.update(chunk));
      await pipe(part.file, createWriteStream(path, { mode: 0o600 }));
      if (part.file.truncated) {
        throw new AppError('media.too_large', `${field}: larger than ${parts.maxUploadBytes} bytes.`, {
          fields: [{ field, message: 'too large', accepted: `at most ${parts.maxUploadBytes} bytes` }],
        });
      }
      input[field] = { fileName: part.filename.slice(-255) || 'upload', path, sha256: hash.digest('hex') };
    }
  } catch (error) {
    await cleanUp();
    // Nobody is there to be answered, and nothing of ours failed.
    if (request.raw.destroyed && !AppError.is(error))
      throw new AppError('input.invalid', `${field}: the upload ended before the file did.`, {
        cause: error,
      });
    throw error;
  }
  return { input: { ...fromText(operation.input, input), ...params }, cleanUp };
}

function idempotencyKeyOf(request: FastifyRequest): { idempotencyKey?: string } {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return {};
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw headerProblem('Idempotency-Key', key, '1 to 200 printable characters');
  }
  return { idempotencyKey: key };
}

function ifMatchOf(request: FastifyRequest): { ifMatch?: number } {
  const header = request.headers['if-match'];
  if (header === undefined) return {};
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header);
  if (!match) throw headerProblem('If-Match', header, 'the version as "3"');
  return { ifMatch: Number(match[1]) };
}

function dryRunOf(request: FastifyRequest): { dryRun?: boolean } {
  const value = request.headers['dry-run'] ?? (request.query as Record<string, unknown>).dryRun;
  if (value === undefined || value === 'false') return {};
  if (value !== 'true' && value !== '') throw headerProblem('Dry-Run', value, 'true or false');
  return { dryRun: true };
}

function headerProblem(field: string, value: unknown, accepted: string): AppError {
  return new AppError('input.invalid', `${field}: expected ${accepted}.`, {
    fields: [{ field, message: 'not understood', value, accepted }],
  });
}
