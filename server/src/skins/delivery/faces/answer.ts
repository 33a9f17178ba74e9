import { verifyDebugToken } from '../debug-token.ts';
import { playerHeaders } from '../http.ts';
import type { PlayerRequest, PlayerResponse } from '../listener/exchange.ts';
import { DeliveryError } from '../problems.ts';
import type { FaceState } from '../served.ts';
import type { Piece } from '../vast-templates.ts';

/** What a signed-in caller is told beside the answer; null for everybody else. */
export interface DebugNote {
  readonly decisions: readonly { readonly decisionId: string; readonly reason: string | null }[];
}

export const XML = 'application/xml; charset=utf-8';
export const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * True when the caller may be told reasons for this account. Throws `debug.refused` for a debug token that is forged,
 * expired or another account's: who sends one wants to know.
 */
export function mayDebug(
  request: PlayerRequest,
  state: FaceState,
  accountId: string,
  nowMs: number,
): boolean {
  const token = request.headers['x-cuepoint-debug'];
  if (token === undefined) return false;
  const account =
    typeof token === 'string' ? verifyDebugToken(state.signer, token, Math.floor(nowMs / 1000)) : null;
  if (account === accountId) return true;
  throw new DeliveryError(
    'debug.refused',
    account === null
      ? 'X-Cuepoint-Debug holds no token of this installation that is still valid.'
      : 'The debug token belongs to another account than the placement.',
  );
}

/** Answers a document. `debug` is given when the caller may see it. */
export function sendDocument(
  request: PlayerRequest,
  response: PlayerResponse,
  type: string,
  { xml, isAscii }: Piece,
  debug: DebugNote | null,
): void {
  // An ASCII document is its own latin1, which the socket takes without another pass over it.
  const length = isAscii ? xml.length : Buffer.byteLength(xml);
  const headers = playerHeaders(request, type, length);
  if (debug !== null) addDebug(headers, debug);
  // Checked here, where what is wrong with it is still this request's own trouble.
  response.writeHead(200, headers);
  outbox.push({ response, xml, encoding: isAscii ? 'latin1' : 'utf8' });
  if (outbox.length === 1) queueMicrotask(sendAll);
}

interface Letter {
  readonly response: PlayerResponse;
  readonly xml: string;
  readonly encoding: 'latin1' | 'utf8';
}

const outbox: Letter[] = [];

/**
 * Answers that were made in one turn go out together at its end: who waits for them is woken once and then finds the next
 * ones already there, and the system calls do not push what makes answers out of the caches.
 */
function sendAll(): void {
  const letters = outbox.splice(0);
  for (let at = 0; at < letters.length; at++) {
    const { response, xml, encoding } = letters[at]!;
    response.end(xml, encoding);
  }
}

export function sendJson(
  request: PlayerRequest,
  response: PlayerResponse,
  body: unknown,
  debug: DebugNote | null,
): void {
  sendDocument(request, response, JSON_TYPE, { xml: JSON.stringify(body), isAscii: false }, debug);
}

/** Answers HEAD: what GET would be, and nothing is decided for it. */
export function sendHead(request: PlayerRequest, response: PlayerResponse, type: string): void {
  const headers = playerHeaders(request, type, 0);
  // Its length is known once something has been decided, and not before.
  headers.splice(2, 2);
  response.writeHead(200, headers);
  response.end();
}

function addDebug(headers: string[], { decisions }: DebugNote): void {
  const reasons = decisions.map(({ reason }) => reason ?? 'ad').join(', ');
  headers.push(
    'X-Cuepoint-Decision',
    decisions.map(({ decisionId }) => decisionId).join(', '),
    'X-Cuepoint-Reason',
    reasons,
    'Access-Control-Expose-Headers',
    'X-Cuepoint-Decision, X-Cuepoint-Reason',
  );
}
