import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { byteRange } from '../../kernel/byte-range.ts';
import type { Engine } from './engine.ts';
import { findHlsFile } from './hls-files.ts';
import { allowPlayers, requireMethod, sendPreflight } from './http.ts';
import { DeliveryError } from './problems.ts';

/**
 * `GET` and `HEAD /media/<hash>.<extension>` and `/media/hls/<package>/<file>`: files of the current snapshot and no
 * others. The name is the content, so it never changes. One range is honoured (RFC 9110 section 14); a list of ranges
 * is answered with the whole file.
 */
export async function serveMedia(
  engine: Engine,
  mediaDir: string,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  allowPlayers(request, response);
  response.setHeader('Access-Control-Expose-Headers', 'Accept-Ranges, Content-Length, Content-Range, ETag');
  if (request.method === 'OPTIONS') return sendPreflight(response, 'GET, HEAD, OPTIONS');
  requireMethod(request, ['GET', 'HEAD']);
  const file = name.startsWith('hls/')
    ? await findHlsFile(engine.media, mediaDir, name.slice('hls/'.length))
    : engine.media.file(name);
  if (!file)
    throw new DeliveryError(
      'media.not_found',
      `No media file "${name.slice(0, 100)}" belongs to a current creative.`,
    );
  const handle = await open(join(mediaDir, file.path), 'r').catch(() => undefined);
  if (!handle) throw new DeliveryError('media.not_found', `Media file "${name}" is not on this node.`);
  try {
    const { size } = await handle.stat();
    const etag = `"${file.hash}"`;
    response.setHeader('ETag', etag);
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // A media element may be embedded anywhere, also under cross-origin isolation.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (matchesEtag(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end();
      return;
    }
    const ifRange = request.headers['if-range'];
    const isRangeWanted = ifRange === undefined || ifRange === etag;
    const range = isRangeWanted ? byteRange(request.headers.range, size) : 'whole';
    if (range === 'outside')
      throw new DeliveryError(
        'range.invalid',
        `Range "${request.headers.range}" lies outside ${size} bytes.`,
        {
          headers: { 'Content-Range': `bytes */${size}` },
        },
      );
    const isPart = range !== 'whole';
    const { start, end } = isPart ? range : { start: 0, end: size - 1 };
    response.writeHead(isPart ? 206 : 200, {
      'Content-Type': file.mime,
      'Content-Length': end - start + 1,
      ...(isPart ? { 'Content-Range': `bytes ${start}-${end}/${size}` } : {}),
    });
    if (request.method === 'HEAD' || size === 0) {
      response.end();
      return;
    }
    // A player that seeks away closes the connection: that is not a fault.
    await pipeline(handle.createReadStream({ start, end, autoClose: false }), response).catch(
      () => undefined,
    );
  } finally {
    await handle.close();
  }
}

function matchesEtag(header: string | undefined, etag: string): boolean {
  const named = header?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? [];
  return named.includes(etag) || named.includes('*');
}
