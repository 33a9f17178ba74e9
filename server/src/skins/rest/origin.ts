import type { FastifyRequest } from 'fastify';
import { AppError } from '../../kernel/app-error.ts';
import type { Principal } from '../../kernel/principal.ts';

/**
 * A change that carries a browser's cookie must come from our own pages.
 * Browsers always say where a request comes from (Origin, Sec-Fetch-Site); a
 * caller that says neither must send our own header, which a foreign form cannot.
 * Keys and tokens are not sent by browsers on their own and need no such check.
 */
export function refuseForeignOrigin(
  request: FastifyRequest,
  principal: Principal,
  publicOrigin: string,
): void {
  if (principal.kind === 'api_key' || principal.kind === 'local') return;
  refuseForeignReader(request, publicOrigin);
  if (
    request.headers.origin === undefined &&
    request.headers['sec-fetch-site'] === undefined &&
    principal.kind !== 'anonymous' &&
    request.headers['x-cuepoint-client'] === undefined
  ) {
    throw refused('a caller that does not say where it comes from');
  }
}

/**
 * Pages of other sites do not listen either: another port of the same host is another site to us, and its requests
 * carry our cookie.
 */
export function refuseForeignReader(request: FastifyRequest, publicOrigin: string): void {
  const origin = request.headers.origin;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused(String(site));
  if (origin === undefined || origin === publicOrigin) return;
  if (origin !== `${request.protocol}://${request.host}`) throw refused(origin);
}

function refused(from: string): AppError {
  return new AppError(
    'auth.origin_refused',
    `Requests are accepted from this site only, not from ${from.slice(0, 100)}.`,
  );
}
