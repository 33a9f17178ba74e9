import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/app-error.ts';
import { byteRange } from '../../kernel/byte-range.ts';
import { FILE_KINDS, type FileLinks, type LinkedFile } from './file-links.ts';
import type { ObjectStore } from './types.ts';

export interface FileRouteParts {
  store: ObjectStore;
  links: FileLinks;
}

/**
 * `GET` and `HEAD /files/<token>`: a stored file for whoever holds a signed link, with one range.
 * Answers 403 `link.forged`, 410 `link.expired`, 404 when the file is gone, 416 outside the file.
 */
export function registerFileLinks(app: FastifyInstance, parts: FileRouteParts): void {
  // A wildcard, since a token is longer than the router lets a parameter be.
  app.route({
    method: ['GET', 'HEAD'],
    url: '/files/*',
    exposeHeadRoute: false,
    handler: (request, reply) => answer(request, reply, parts),
  });
}

async function answer(request: FastifyRequest, reply: FastifyReply, { store, links }: FileRouteParts) {
  const file = admit((request.params as { '*': string })['*'], links);
  const sizeBytes = await store.sizeOf(file.sha256, file.kind);
  if (sizeBytes === null) throw new AppError('not_found', 'The file of this link has been removed.');
  const etag = `"${file.sha256}"`;
  reply.headers({
    ETag: etag,
    'Accept-Ranges': 'bytes',
    // The content of an address never changes, but the address is personal.
    'Cache-Control': 'private, max-age=3600, immutable',
    'Content-Type': FILE_KINDS[file.kind],
    'Content-Disposition': 'inline',
  });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  const ifRange = request.headers['if-range'];
  const range =
    ifRange === undefined || ifRange === etag ? byteRange(request.headers.range, sizeBytes) : 'whole';
  if (range === 'outside') {
    return reply
      .code(416)
      .header('Content-Range', `bytes */${sizeBytes}`)
      .removeHeader('Content-Type')
      .send();
  }
  const part = range === 'whole' ? { start: 0, end: sizeBytes - 1 } : range;
  reply.header('Content-Length', part.end - part.start + 1);
  if (range !== 'whole')
    reply.code(206).header('Content-Range', `bytes ${part.start}-${part.end}/${sizeBytes}`);
  if (request.method === 'HEAD') return reply.send();
  return reply.send(store.read(file.sha256, file.kind, part));
}

function admit(token: string, links: FileLinks): LinkedFile {
  const link = links.verify(token);
  if (link.ok) {
    if (link.file.kind in FILE_KINDS) return link.file;
    throw new AppError('link.forged', 'This link names a kind of file that is not shown.');
  }
  if (link.code === 'link.expired') {
    throw new AppError('link.expired', `This link expired at ${link.expiredAt.toISOString()}.`);
  }
  throw new AppError('link.forged', 'This link was not made by this server, or was changed.');
}
