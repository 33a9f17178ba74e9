import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signed, expiring addresses of finished clips; minted anew at each GET, as the platform does. */
export interface AssetLinks {
  path(generationId: string, expiresAtMs: number): string;
  /** The generation a path names, or why it is not served. */
  open(path: string, query: URLSearchParams, nowMs: number): { generationId: string } | { refused: string };
}

export function createAssetLinks(secret: string): AssetLinks {
  const sign = (id: string, expires: string) =>
    createHmac('sha256', secret).update(`${id}.${expires}`).digest('hex').slice(0, 32);
  return {
    path(generationId, expiresAtMs) {
      const expires = String(Math.round(expiresAtMs));
      return `/assets/${generationId}/video.mp4?expires=${expires}&signature=${sign(generationId, expires)}`;
    },
    open(path, query, nowMs) {
      const generationId = /^\/assets\/([0-9a-f-]{36})\/video\.mp4$/.exec(path)?.[1];
      const expires = query.get('expires') ?? '';
      const given = Buffer.from(query.get('signature') ?? '');
      if (generationId === undefined) return { refused: 'no such asset' };
      const expected = Buffer.from(sign(generationId, expires));
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        return { refused: 'the signature does not match' };
      if (!(Number(expires) > nowMs)) return { refused: 'the address has expired' };
      return { generationId };
    },
  };
}
