import { createDebugToken, type DebugToken } from '@cuepoint/contract';
import { call } from '../../../call.ts';

/** What the server decided for a tag; `reason` is null when there is an ad. */
export interface TagDecision {
  decisionId: string;
  reason: string | null;
}

/** A token is used until shortly before its end, not made anew for each tag. */
const marginMs = 30_000;
let held: DebugToken | null = null;

/**
 * Fetches a tag of this installation as a player would, and what it decided beside the document. Who gets no debug token,
 * or asks another account's tag, gets the document alone.
 */
export async function fetchTag(url: URL): Promise<{ answer: Response; decisions: TagDecision[] }> {
  const token = await debugToken();
  const ask = (headers: Record<string, string>) =>
    fetch(url, { credentials: 'omit', headers: { Accept: 'application/xml', ...headers } });
  let answer = await ask(token ? { [token.header]: token.token } : {});
  // Refused before anything was decided: without the token it is a plain request.
  if (token && answer.status === 403) answer = await ask({});
  return { answer, decisions: tagDecisions(answer.headers) };
}

/** Decisions and their reasons as the headers list them, one for each break. */
export function tagDecisions(headers: Headers): TagDecision[] {
  const list = (name: string) => headers.get(name)?.split(', ') ?? [];
  const reasons = list('X-Cuepoint-Reason');
  return list('X-Cuepoint-Decision').map((decisionId, at) => ({
    decisionId,
    reason: reasons[at] === undefined || reasons[at] === 'ad' ? null : reasons[at],
  }));
}

async function debugToken(): Promise<DebugToken | null> {
  if (held && Date.parse(held.expiresAt) - Date.now() > marginMs) return held;
  held = await call(createDebugToken, {}).catch(() => null);
  return held;
}
